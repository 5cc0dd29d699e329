"""The panels of an account: positions, orders, balances, changes."""

from typing import Any, Final

from tests.system.live.look import Messages, Said, Told


def of_position(messages: Messages) -> Said:
    """Its texts are the server's: here they only have to be in their places."""
    if "position" not in messages:
        return {}
    [told] = messages["position"]
    return {
        "positions": [_texts(each, leave=("levels", "targets_stale_since_at")) for each in told["positions"]],
        "check": told["check"]["text"],
        "title": messages["account"][0]["title"],
        "positions_note": told["note"],
    }


def of_orders(messages: Messages) -> Said:
    orders = messages.get("orders", [])
    return {"list": [_texts(each) for each in orders[0]["orders"]], "empty": orders[0]["note"]} if orders else {}


def of_balances(messages: Messages) -> Said:
    accounts = messages.get("account", [])
    return {"list": [_texts(each) for each in accounts[0]["balances"]]} if accounts else {}


def of_changes(messages: Messages) -> Said:
    changes = messages.get("changes", [])
    names = ("what", "sizes", "source")
    return {"list": [{name: each[name] for name in names} for each in changes[0]["changes"]]} if changes else {}


def _texts(row: dict[str, Any], leave: tuple[str, ...] = ()) -> Said:
    """As the page writes them; a figure brings its text."""
    texts: Said = {}
    for name, value in row.items():
        if name in ("side", "tone", "risk", *leave) or (name == "state" and "at" in row):
            continue
        if isinstance(value, dict):
            texts[name] = value["text"]
        else:
            texts[name] = [_texts(each) for each in value] if isinstance(value, list) else value
    return texts


ACCOUNT: Final[dict[str, Told]] = {
    "position": of_position,
    "orders": of_orders,
    "balances": of_balances,
    "changes": of_changes,
}
