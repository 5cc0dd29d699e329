"""What Autobahn's suite found: counted by class, and held against what is known to fail. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

WORDS: Final = ("OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED", "FAILED")
_EMPTY: Final = "daphne takes an empty message for none to send; ours are never empty"
_CUT_SHORT: Final = "websockets answers a close frame between two fragments with 1002, not with 1000"
KNOWN: Final[Mapping[str, Mapping[str, str]]] = {
    "web": {"1.1.1": _EMPTY, "1.2.1": _EMPTY, "6.1.1": _EMPTY, "6.1.2": _EMPTY},
    "broadcast": {"7.1.5": _CUT_SHORT},
    "compressed": {"7.1.5": _CUT_SHORT},
}

# Of each case its word.
Verdict = Mapping[str, str]


def table(verdicts: Mapping[str, Verdict]) -> str:
    """One row per server and class of cases, in Markdown."""
    rows = [f"| server | class | {' | '.join(WORDS)} |", f"|---|---|{'---|' * len(WORDS)}"]
    for server, verdict in verdicts.items():
        for number in sorted({_class(case) for case in verdict}):
            counts = Counter(word for case, word in verdict.items() if _class(case) == number)
            rows.append(f"| {server} | {number} | {' | '.join(str(counts[word]) for word in WORDS)} |")
    return "\n".join(rows)


def unknown_failures(verdicts: Mapping[str, Verdict]) -> list[str]:
    """`SERVER CASE` of what failed and is not known to."""
    return [
        f"{server} {case}"
        for server, verdict in verdicts.items()
        for case, word in verdict.items()
        if word == "FAILED" and case not in KNOWN[server]
    ]


def _class(case: str) -> int:
    return int(case.split(".")[0])
