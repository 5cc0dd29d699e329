"""The page's questions with their blocks, and answers in a form in which they can be compared."""

import ast
import json
import re
from datetime import UTC, date, datetime
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NamedTuple

PAGE: Final = Path(__file__).parents[2] / "docs" / "querying.md"
_BLOCK: Final = re.compile(r"^```(python|sh)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_QUESTION: Final = re.compile(r"^### (\d+\. .*)$", re.MULTILINE)
# Means and shares are worked out in different orders.
_ROUNDED: Final = Context(prec=12)


class Question(NamedTuple):
    text: str
    orm: str
    rest: str


def _blocks(text: str) -> tuple[str, str]:
    """Exactly one of each language."""
    (orm,) = (block for language, block in _BLOCK.findall(text) if language == "python")
    (rest,) = (block for language, block in _BLOCK.findall(text) if language == "sh")
    return orm, rest


def _read() -> tuple[tuple[str, str], list[Question]]:
    start, *parts = _QUESTION.split(PAGE.read_text())
    return _blocks(start), [Question(text, *_blocks(part)) for text, part in zip(parts[::2], parts[1::2], strict=True)]


(ORM_START, REST_START), QUESTIONS = _read()


def run(code: str, names: dict[str, Any]) -> Any:
    """What the shell would print: the value of the last line."""
    tree = ast.parse(code)
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, str(PAGE), "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), str(PAGE), "eval"), names)  # noqa: S307


def plain(value: Any) -> Any:
    """As JSON would have it, with numbers and times that are equal written alike."""
    match value:
        case dict():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case datetime() | date():
            return plain(value.isoformat())
        case str():
            return _alike(value)
        case bool() | None:
            return value
    return str(_ROUNDED.create_decimal(str(value)).normalize(_ROUNDED))


def _alike(text: str) -> str:
    try:
        return str(_ROUNDED.create_decimal(text).normalize(_ROUNDED)) if text else text
    except InvalidOperation:
        pass
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).isoformat() if text[:2] == "20" else text
    except ValueError:
        return text


def told(output: str) -> Any:
    return plain(json.loads(output, parse_float=Decimal))
