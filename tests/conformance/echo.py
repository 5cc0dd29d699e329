"""The application under Autobahn's suite and under our frames: says back what it hears."""

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope, WebSocketReceiveEvent, WebSocketSendEvent


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    while (event := await receive())["type"] == "websocket.receive":
        await send(_echo(event))


def _echo(event: WebSocketReceiveEvent) -> WebSocketSendEvent:
    return {"type": "websocket.send", "bytes": event.get("bytes"), "text": event.get("text")}
