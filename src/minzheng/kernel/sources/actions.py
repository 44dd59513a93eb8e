"""Verbs of sources: take in files, decide about rows. Reading is in `queries`, the Excel report in `export`."""

from minzheng.kernel.sources.loading import FileResult, FolderNotFound, Progress, apply_file, load_folder
from minzheng.kernel.sources.review import (
    ACTIONS,
    CannotDecide,
    decide_review,
    reopen_review,
    retry_waiting,
)

__all__ = [
    "ACTIONS",
    "CannotDecide",
    "FileResult",
    "FolderNotFound",
    "Progress",
    "apply_file",
    "decide_review",
    "load_folder",
    "reopen_review",
    "retry_waiting",
]
