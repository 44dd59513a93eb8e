"""When a paper was published decides whether its value was known on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from minzheng.kernel.parameters import ParameterError, ParameterSet, load_folder
from minzheng.kernel.periods import Month

JULY = Month(2022, 7)
TEXT = """name: 标准
unit: fen/person/month
values:
  - {from: 2021-07-01, value: 133_000, source: 甲, provenance: public, checked: 2026-11-23}
  - {from: 2022-07-01, value: 142_000, source: 乙, provenance: public, checked: 2026-11-23%s}
"""


def standard_of(folder: Path, published: str) -> ParameterSet:
    (folder / "standard.yaml").write_text(TEXT % published, encoding="utf-8")
    return ParameterSet("p", load_folder(folder))


@pytest.mark.parametrize(
    ("day", "fen"), [(date(2022, 7, 19), 133_000), (date(2022, 7, 20), 142_000), (date(2022, 7, 21), 142_000)]
)
def test_a_standard_published_late_was_not_known_before_its_paper(
    tmp_path: Path, day: date, fen: int
) -> None:
    known = standard_of(tmp_path, ", published: 2022-07-20").known_on(day)
    assert known.at(JULY).standard == fen


@pytest.mark.parametrize(("day", "fen"), [(date(2022, 6, 30), 133_000), (date(2022, 7, 1), 142_000)])
def test_a_value_without_a_day_of_publication_counts_from_its_first_day(
    tmp_path: Path, day: date, fen: int
) -> None:
    assert standard_of(tmp_path, "").known_on(day).at(JULY).standard == fen


def test_a_day_of_publication_must_be_a_day(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="published must be a day"):
        standard_of(tmp_path, ", published: soon")
