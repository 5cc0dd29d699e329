"""The command line of `make soak`. Exit 1: a page grew, or took too much of a processor."""

import argparse
import asyncio
import sys
from typing import Final

from tests.chromium import chromium_on_path
from tests.faults.report import HEAD, describe, write_json
from tests.load.site import site
from tests.prepared import ROOT
from tests.soak.rows import soak

RESULT: Final = ROOT / "var" / "soak.json"


def main() -> int:
    options = _options()
    if (executable := chromium_on_path()) is None:
        raise SystemExit("There is no Chromium. Install it (Debian: apt install chromium).")
    with site() as place:
        results = asyncio.run(soak(place, executable, options.hours, options.seconds))
    write_json(results, RESULT)
    for text in (HEAD, *map(describe, results), f"Kept in {RESULT.relative_to(ROOT)}."):
        sys.stdout.write(f"{text}\n")
    return 0 if all(result.is_ok for result in results) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Leave a page open under load.")
    parser.add_argument("--hours", type=float, default=8.0, help="of the page that is left open; one fills its tables")
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long its processor time is measured")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
