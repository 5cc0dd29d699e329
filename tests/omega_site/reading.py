"""Settings as a Python of its own reads them, with no environment but what a test gives."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def read(setting: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Prints one setting, or several with `, settings.` between, as a process with just this environment sees it."""
    program = f"from omega_site import settings; print(settings.{setting})"
    basics = {"PATH": os.environ["PATH"], "OMEGA_DATA_DIR": str(folder / "data")}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=basics | environment, capture_output=True, text=True
    )
