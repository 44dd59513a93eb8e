"""What is other on the later of two days."""

from datetime import date

import pytest

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programmes, parameter_sets
from minzheng.kernel.reasoning import LawDifference, law_difference
from minzheng.kernel.rules import LawError


def between(first: date, last: date) -> LawDifference:
    programmes = load_programmes(DOMAINS)
    return law_difference(programmes, parameter_sets(programmes), first=first, last=last)


def test_the_standard_of_july_2022_is_told_old_to_new_with_its_paper_and_the_rules_on_it() -> None:
    found = between(date(2022, 6, 30), date(2022, 7, 1))
    (change,) = (v for v in found.values if v.name == "subsistence_allowance.standard")
    assert change.old is not None and change.new is not None
    assert (change.old.value, change.new.value) == (133_000, 142_000)
    assert change.new.provenance == "seed" and "7月1日" in change.new.source
    assert {"subsistence_allowance.meets_income_test", "disability_subsidies.is_in_hardship"} <= set(
        change.rules
    )
    assert "disability_subsidies.nursing_subsidy_fen" not in change.rules


def test_a_day_before_the_change_nothing_of_it_is_told() -> None:
    assert "subsistence_allowance.standard" not in {
        v.name for v in between(date(2022, 6, 1), date(2022, 6, 30)).values
    }


def test_programmes_that_begin_are_named_with_their_rules() -> None:
    found = between(date(2020, 12, 31), date(2021, 1, 1))
    assert found.programmes_begun == ("disability_subsidies",) and found.programmes_ended == ()
    assert "disability_subsidies.nursing_subsidy_fen" in found.rules_begun


def test_temporary_values_are_told_when_they_begin_and_when_they_end() -> None:
    for day, values in ((date(2022, 8, 1), (35, 30)), (date(2023, 3, 1), (30, 35))):
        before = (Month.of(day) - 1).last_day
        (change,) = (v for v in between(before, day).values if v.name == "price_linkage.cpi_threshold")
        assert change.old is not None and change.new is not None
        assert (change.old.value, change.new.value) == values


def test_days_that_do_not_rise_are_refused() -> None:
    with pytest.raises(LawError, match="write the earlier day first"):
        between(date(2022, 7, 1), date(2022, 7, 1))
