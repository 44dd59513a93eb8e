"""Verbs of linkage. Reading is in `queries`."""

from minzheng.kernel.linkage.deciding import (
    DECISIONS,
    CannotLink,
    decide,
    take_back_merge,
    undo,
    usual_survivor,
)
from minzheng.kernel.linkage.matching import find_duplicates, match_rows
from minzheng.kernel.linkage.training import CannotTrain, train_model

__all__ = [
    "DECISIONS",
    "CannotLink",
    "CannotTrain",
    "decide",
    "find_duplicates",
    "match_rows",
    "take_back_merge",
    "train_model",
    "undo",
    "usual_survivor",
]
