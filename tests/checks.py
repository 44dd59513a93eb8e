"""`make check`: everything about the code that can be known without running the suite.

Each check is a command of its own; all of them run, and the exit code says whether every one passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
DJANGO = [sys.executable, "-m", "django"]
PLACES = ["src", "tests", "benchmarks", "conftest.py", "start.py"]

CHECKS: dict[str, list[str | Path]] = {
    "format": [BIN / "ruff", "format", "--check", "--quiet", *PLACES],
    "lint": [BIN / "ruff", "check", "--quiet", *PLACES],
    "types": [BIN / "mypy", "src/minzheng", "benchmarks"],
    "imports": [BIN / "lint-imports"],
    "settings": [*DJANGO, "check", "--fail-level", "WARNING"],
    "migrations": [*DJANGO, "makemigrations", "--check", "--dry-run"],
    "templates": [sys.executable, "tests/compile_templates.py"],
    "law": [sys.executable, "-m", "minzheng", "law", "status"],
    "pairs": [sys.executable, "-m", "minzheng", "law", "check"],
    "items": [sys.executable, "-m", "minzheng", "items", "check"],
}


def main(chosen: list[str]) -> int:
    unknown = set(chosen) - set(CHECKS)
    if unknown:
        sys.exit(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "minzheng.surfaces.settings",
        # None of the checks asks the database, so none starts it.
        "MINZHENG_NO_DATABASE": "1",
        "PYTHONPATH": str(ROOT / "src"),
    }
    failed = []
    for name in chosen or CHECKS:
        began = time.monotonic()
        command = [str(word) for word in CHECKS[name]]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        print(
            f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)",
            flush=True,
        )
        if done.returncode:
            failed.append(name)
            print((done.stdout + done.stderr).strip()[-6000:], flush=True)
    print(f"{len(failed)} of {len(chosen or CHECKS)} checks failed" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
