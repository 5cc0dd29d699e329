"""A WebSocket server that sends one workload's frames for ever, as fast as they are taken. A worker program."""

from contextlib import suppress

from websockets.frames import Frame as Wire
from websockets.frames import Opcode
from websockets.sync.server import ServerConnection, serve

from tests.bench.worker import Frame, receive_order, reply


def main() -> None:
    content = b"".join(map(_on_the_wire, receive_order().one_pass()))

    def send_for_ever(connection: ServerConnection) -> None:
        # Past the library: its send() costs more than the receiving that is measured.
        with suppress(OSError):
            while True:
                connection.socket.sendall(content)

    with serve(send_for_ever, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        reply(server.socket.getsockname()[1])
        server.serve_forever()


def _on_the_wire(frame: Frame) -> bytes:
    if isinstance(frame, str):
        return Wire(Opcode.TEXT, frame.encode()).serialize(mask=False)
    return Wire(Opcode.BINARY, frame).serialize(mask=False)


if __name__ == "__main__":
    main()
