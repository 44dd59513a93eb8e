"""The standard as other programmes' sums rest on it."""

from __future__ import annotations

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programme


def standard_fen(month: Month) -> int:
    """The subsistence standard for one person in a month (最低生活保障标准), in fen.

    Raises:
        ParameterError: the month lies before the first standard on record.
    """
    return int(load_programme(__name__.rpartition(".")[0]).parameters.at(month).standard)
