"""The command line of `make autobahn`: Autobahn's suite against both servers. Exit 1: a case failed unexpectedly."""

import argparse
import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

# The servers' command lines come from the settings.
from tests.conformance.serving import ROOT, serving  # noqa: E402
from tests.conformance.suite import COMPRESSION, FRAMES, find_suite, play  # noqa: E402
from tests.conformance.verdict import KNOWN, table, unknown_failures  # noqa: E402

FOLDER = ROOT / "var" / "autobahn"
# The suite's largest messages; what ours take is far less, and tested elsewhere.
MOST_BYTES = 2**20


def main() -> int:
    options = _options()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if (suite := find_suite(FOLDER)) is None:
        _say(
            "Autobahn's suite is SKIPPED: it needs Python 2.7 with pip (PYTHON2=/path/to/python2.7), and there is none."
        )
        _say("tests/conformance/test_frames.py, a part of make test, holds the same classes of cases.")
        return 0
    verdicts = {}
    with serving(FOLDER / "servers.log", MOST_BYTES) as ports:
        for name, port in ports.items():
            cases = COMPRESSION if name == "compressed" else FRAMES
            if name != "compressed" or options.compression:
                verdicts[name] = play(suite, name, port, cases, FOLDER)
    _say(table(verdicts))
    return _judge(FOLDER, unknown_failures(verdicts))


def _judge(folder: Path, failures: list[str]) -> int:
    _say(f"Each case in full: {folder.relative_to(ROOT)}/. Known to fail, and why:")
    for server, cases in KNOWN.items():
        _say("\n".join(f"  {server} {case}: {reason}" for case, reason in cases.items()))
    if failures:
        _say(f"FAILED without being known to: {', '.join(failures)}")
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description="Run Autobahn's suite.")
    parser.add_argument("--compression", action="store_true", help="classes 12 and 13 too: a quarter of an hour")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
