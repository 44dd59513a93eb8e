"""Where a month's snapshot and findings lie: folders named by what they are, so that the same inputs meet again."""

from __future__ import annotations

import shutil
from pathlib import Path

from minzheng.kernel.storage.paths import findings_home, snapshots_home


def snapshot_folder(month: str, identity: str) -> Path:
    return snapshots_home() / f"{month}-{identity[:16]}"


def delta_folder(month: str, identity: str) -> Path:
    return snapshots_home() / f"{month}-changed-{identity[:16]}"


def findings_folder(month: str, law: str, snapshot: str) -> Path:
    return findings_home() / f"{month}-{law[:16]}-{snapshot[:16]}"


def working_folder(home: Path, run_id: int | str) -> Path:
    """An empty folder to write into; what a killed attempt left there is thrown away."""
    folder = home / f".run-{run_id}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def remove(folder: Path) -> None:
    """Throws a working folder away."""
    shutil.rmtree(folder, ignore_errors=True)


def put_in_place(working: Path, final: Path) -> None:
    """Gives a finished folder its name; where it exists already, the bytes are the same and the new ones go."""
    if final.exists():
        shutil.rmtree(working)
    else:
        working.rename(final)
