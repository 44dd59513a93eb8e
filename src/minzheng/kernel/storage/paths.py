"""Folders that hold what is not in the database: the embedded server's cluster, files received, snapshots, findings.

Everything hangs on one home. It is the system's state folder for root, the user's data folder otherwise, with one
folder per installation, so that two checkouts on a machine never share a city. `MINZHENG_HOME` overrides it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path


def state_home() -> Path:
    """The home of this installation's data; created on first use, readable by its owner alone."""
    chosen = os.environ.get("MINZHENG_HOME")
    home = Path(chosen).expanduser().resolve() if chosen else _default_home()
    missing = [folder for folder in (home, *home.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        # The server may run as another user than ours (never as root), so it must be able to pass through the folders
        # we make, whatever the umask says; it can neither list nor change them.
        folder.chmod(0o711)
    return home


def _default_home() -> Path:
    if os.name == "posix" and os.geteuid() == 0:
        base = Path("/var/lib/minzheng")
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "minzheng"
    # The environment's folder names the installation: it is one per checkout and stays the same between runs.
    return base / hashlib.sha256(str(Path(sys.prefix).resolve()).encode()).hexdigest()[:12]


def _folder(name: str) -> Path:
    # Tests share the server but never the files of the installation.
    folder = Path(os.environ.get("MINZHENG_TEST_FILES") or state_home()) / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def files_home() -> Path:
    """Files received from offices and files made for banks, stored under their SHA-256."""
    return _folder("files")


def snapshots_home() -> Path:
    """Month snapshots of the population for the rules, one folder each."""
    return _folder("snapshots")


def findings_home() -> Path:
    """Findings of the rules' runs, one folder each; never changed after they are written."""
    return _folder("findings")
