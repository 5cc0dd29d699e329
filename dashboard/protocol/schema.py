"""The protocol as a JSON schema, made of the types by which the server itself reads and writes.

`manage.py websocket_schema` writes it to docs/websocket.schema.json, for clients in other languages.
"""

import json
from pathlib import Path
from typing import Any, Final

import msgspec

from dashboard.protocol.commands import Said
from dashboard.protocol.message import VERSION
from dashboard.protocol.told import Told

PATH: Final = Path(__file__).resolve().parents[2] / "docs" / "websocket.schema.json"
# Both sides say pong.
_OF_COMMANDS: Final = "Command."

Schema = dict[str, Any]


def schema() -> Schema:
    """Of draft 2020-12. `#/$defs/command` is what a client may say, `#/$defs/frame` what it is told."""
    command, commands = _parts(Said, _OF_COMMANDS)
    message, messages = _parts(Told, "")
    frame = {"title": "frame", "description": "Of the server.", "type": "array", "items": {"$ref": "#/$defs/message"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"OMEGA over WebSockets, protocol {VERSION}",
        "description": "A frame of either side; docs/websocket.md says what they mean.",
        "anyOf": [{"$ref": "#/$defs/frame"}, {"$ref": "#/$defs/command"}],
        "$defs": {"frame": frame, "command": command, "message": message, **commands, **messages},
    }


def text() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _parts(union: Any, prefix: str) -> tuple[Schema, Schema]:
    """The schema of a union of structs, and by name those that it refers to."""
    (whole,), parts = msgspec.json.schema_components([union], ref_template=f"#/$defs/{prefix}{{name}}")
    return whole, {f"{prefix}{name}": _unindented(part) for name, part in parts.items()}


def _unindented(part: Schema) -> Schema:
    """Without the line breaks of docstrings."""
    return {**part, "description": " ".join(part["description"].split())} if "description" in part else part
