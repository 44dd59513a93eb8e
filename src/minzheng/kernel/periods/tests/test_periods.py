"""Months, ages and working days."""

import doctest
from datetime import date

import pytest

from minzheng.kernel.periods import (
    Month,
    UnknownCalendarYear,
    add_workdays,
    age_in_years,
    ages,
    is_workday,
    iter_months,
    month,
    month_reaching_age,
    next_workday,
    workdays,
    workdays_between,
)


@pytest.mark.parametrize(
    "text",
    [
        "2022-07",
        "2022-7",
        "2022/07",
        "2022.7",
        "202207",
        "2022年7月",
        "2022年07月",
        " ２０２２年７月 ",
        "2022年7月份",
    ],
)
def test_a_month_is_read_in_every_form_offices_write(text: str) -> None:
    assert Month.parse(text) == Month(2022, 7)


@pytest.mark.parametrize(
    "text", ["2022-13", "2022-00", "202200", "", "7月", "2022-07-01", "20227", "二〇二二年"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Month.parse(text)


def test_months_order_and_count_across_the_year() -> None:
    assert Month(2021, 12) < Month(2022, 1)
    assert Month(2021, 12) + 1 == Month(2022, 1)
    assert Month(2022, 1) - 1 == Month(2021, 12)
    assert Month(2022, 1) - Month(2020, 12) == 13
    assert [str(m) for m in iter_months(Month(2021, 11), Month(2022, 2))] == [
        "2021-11", "2021-12", "2022-01", "2022-02",
    ]  # fmt: skip
    assert Month.from_index(Month(2022, 12).index) == Month(2022, 12)


def test_a_month_holds_its_first_and_last_day_and_not_the_next() -> None:
    february = Month(2024, 2)
    assert february.last_day == date(2024, 2, 29)
    assert date(2024, 2, 29) in february and date(2024, 3, 1) not in february
    assert february.chinese == "2024年2月"


def test_age_is_full_years_only_from_the_birthday_on() -> None:
    born = date(1957, 7, 31)
    assert [age_in_years(born, date(2022, 7, d)) for d in (30, 31)] == [64, 65]
    assert month_reaching_age(born, 65) == Month(2022, 7)
    assert age_in_years(date(2004, 2, 29), date(2022, 2, 28)) == 17


def test_the_national_day_week_of_2022_is_not_worked_and_its_make_up_days_are() -> None:
    assert not is_workday(date(2022, 10, 3))
    assert is_workday(date(2022, 10, 8))  # a Saturday worked to make up for the holiday
    assert next_workday(date(2022, 10, 1)) == date(2022, 10, 8)
    assert add_workdays(date(2022, 9, 29), 2) == date(2022, 10, 8)
    assert workdays_between(date(2022, 9, 29), date(2022, 10, 8)) == 2
    assert workdays_between(date(2022, 10, 8), date(2022, 9, 29)) == -2


def test_a_year_without_announced_holidays_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(UnknownCalendarYear, match="chinesecalendar"):
        is_workday(date(2099, 1, 1))


def test_the_examples_in_the_docstrings_hold() -> None:
    for module in (month, ages, workdays):
        assert doctest.testmod(module).failed == 0
