"""The house rules: pages, examples, registry and budgets, held against the tree so that none can drift."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from feeds.venues import REGISTRY

ROOT = Path(__file__).resolve().parents[1]
APPLICATIONS = ("omega_site", "feeds", "positions", "dashboard")
MAX_MODULE_LINES, MAX_TEMPLATE_LINES, MAX_FUNCTION_LINES, MAX_BROAD_EXCEPTS = 300, 120, 60, 3
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def functions(*folders: str) -> Iterator[tuple[Path, Function]]:
    for path in modules(*folders):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                yield path, node


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def layout() -> set[str]:
    """Paths of the layout page: the first word of each line of its block."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    block = page.split("## Layout", 1)[1].split("```", 2)[1]
    return {line.split()[0] for line in block.splitlines() if line.strip()}


def test_layout_page_lists_every_module_and_nothing_else() -> None:
    """docs/architecture.md names each module of the applications, and each that it names exists."""
    there = {name(path) for path in modules(*APPLICATIONS) if path.name != "__init__.py"}
    assert {path for path in layout() if path.startswith(APPLICATIONS) and path.endswith(".py")} == there
    assert [path for path in layout() if not (ROOT / path).exists()] == []


def test_environment_example_lists_every_variable_that_is_read() -> None:
    """.env.example and the code that reads the environment name the same variables."""
    call = re.compile(r"""(?:self|env)\.(?:str|bool|int|list|secret|db_url|one_of|count|host)\(\s*["']([A-Z_]+)["']""")
    direct = re.compile(r"""environ(?:\.get\(|\.setdefault\(|\[)\s*["']([A-Z_]+)["']""")
    text = "\n".join(path.read_text() for path in modules("omega_site"))
    # Each of the two Redis servers has them all.
    of_a_server = re.compile(r"""env\.(?:str|bool|int|secret)\(f"\{name\}(_[A-Z_]+)\"""")
    servers = {prefix + suffix for prefix in ("REDIS", "FAILOVER_REDIS") for suffix in of_a_server.findall(text)}
    own = {"DJANGO_SETTINGS_MODULE", "PYTHONUNBUFFERED"}
    read = (set(call.findall(text)) | set(direct.findall(text)) | servers | {"SECRET_KEY"}) - own
    listed = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {variable for variable in listed if not variable.endswith("_FILE")} == read


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_every_venue_has_module_frames_tests_and_other_side(code: str) -> None:
    """A venue in the registry is complete; see docs/adding-a-venue.md."""
    assert REGISTRY[code].code == code
    for path in (
        f"feeds/venues/{code}.py",
        f"feeds/venues/{code}_rest.py",
        f"tests/recordings/{code}",
        f"tests/feeds/venues/test_{code}.py",
        f"tests/exchange/dialects/{code}.py",
    ):
        assert (ROOT / path).exists(), path
    assert f"feeds.venues.{code} -> feeds.venues.{code}_rest" in (ROOT / "pyproject.toml").read_text()


def test_every_venue_module_is_registered() -> None:
    """No dialect lies about unused."""
    there = {path.stem for path in (ROOT / "feeds" / "venues").glob("*.py")}
    assert there - {"__init__", "base", "rest"} == {f"{code}{side}" for code in REGISTRY for side in ("", "_rest")}


def test_modules_and_templates_stay_small() -> None:
    """No module over 300 lines, no template over 120."""
    long_modules = [name(path) for path in modules(*APPLICATIONS, "tests") if lines(path) > MAX_MODULE_LINES]
    long_templates = [name(path) for path in (ROOT / "templates").rglob("*.html") if lines(path) > MAX_TEMPLATE_LINES]
    assert long_modules + long_templates == []


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_functions_stay_short() -> None:
    """Median at most 10 lines, nine in ten under 30, none over 60."""
    sizes = sorted(length(function) for _, function in functions(*APPLICATIONS))
    too_long = [f"{name(p)}:{f.lineno}" for p, f in functions(*APPLICATIONS, "tests") if length(f) > MAX_FUNCTION_LINES]
    assert too_long == []
    assert statistics.median(sizes) <= 10
    assert sizes[int(len(sizes) * 0.9)] < 30


def test_every_module_says_what_lives_in_it() -> None:
    """Each module begins with a docstring."""
    silent = [name(path) for path in modules(*APPLICATIONS, "tests") if path.read_text().strip() and not _says(path)]
    assert silent == []


def _says(path: Path) -> bool:
    return bool(ast.get_docstring(ast.parse(path.read_text())))


def test_wide_excepts_are_rare_and_at_an_edge() -> None:
    """At most three broad `except` in the applications, each logging the traceback."""
    wide = [
        (name(path), node)
        for path in modules(*APPLICATIONS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or _is_wide(node.type))
    ]
    assert len(wide) <= MAX_BROAD_EXCEPTS
    assert [where for where, node in wide if "exception" not in ast.unparse(node.body[0])] == []


def _is_wide(kind: ast.expr) -> bool:
    return isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")


@pytest.mark.parametrize(
    ("what", "pattern", "folders"),
    [
        ("a star import", r"^from .* import \*", APPLICATIONS),
        ("an open end", r"\b(TODO|FIXME|XXX)\b", APPLICATIONS),
        ("a type: ignore without its code", r"type: ignore(?!\[)", (*APPLICATIONS, "tests")),
        ("text that is marked as safe HTML", r"mark_safe|\|safe\b", APPLICATIONS),
        ("a float near a price", r"\bfloat\(", ("feeds/venues", "feeds/market")),
        ("SQL by hand where the ORM asks (S8)", r"RawSQL|\.(raw|extra)\(|\*\*(self\.)?request\b", APPLICATIONS),
        ("a sleep that blocks", r"time\.sleep\(", APPLICATIONS),
    ],
)
def test_banned(what: str, pattern: str, folders: tuple[str, ...]) -> None:
    """Things that are never in the code."""
    here = Path(__file__)
    found = [
        f"{name(path)}:{number}"
        for path in modules(*folders)
        if path != here
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == [], what


def test_no_merge_was_left_half_done() -> None:
    """What stands twice and differently is untrue once."""
    kinds = {".py", ".md", ".html", ".js", ".css", ".po", ".yml", ".json"}
    folders = (*APPLICATIONS, "tests", "docs", "templates", "locale", "deploy")
    texts = [*ROOT.glob("*.*"), *(path for folder in folders for path in (ROOT / folder).rglob("*.*"))]
    marked = [path for path in texts if path.suffix in kinds and re.search(r"(?m)^[<>]{7} ", path.read_text())]
    assert [name(path) for path in marked] == []


def test_scripts_build_pages_from_text_only() -> None:
    """S9: no script turns text of an exchange into HTML."""
    scripts = (ROOT / "dashboard" / "static").rglob("*.js")
    assert [name(path) for path in scripts if re.search(r"innerHTML|outerHTML|document\.write", path.read_text())] == []


def test_beat_entries_expire_before_their_next_run() -> None:
    """A worker that was away does not find a heap of the same task."""
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    assert [name for name, entry in schedule.items() if entry["options"]["expires"] >= entry["schedule"]] == []


def test_page_of_screens_shows_every_picture_and_they_are_few_bytes() -> None:
    """docs/screens.md and docs/screenshots/ are of one run of `make screenshots`, together below 4 MB."""
    pictures = list((ROOT / "docs" / "screenshots").glob("*.png"))
    shown = re.findall(r"\(screenshots/(.+\.png)\)", (ROOT / "docs" / "screens.md").read_text())
    assert sorted(shown) == sorted(path.name for path in pictures)
    assert sum(path.stat().st_size for path in pictures) < 4_000_000
