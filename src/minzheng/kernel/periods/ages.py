"""Ages in whole months and years, counted the way benefits count them.

A benefit that starts "in the month of the birthday" needs no day: whoever was born on the last day of July
is 65 for the whole July in which the birthday falls. Where a paper counts by day, `age_in_years` does.
"""

from __future__ import annotations

from datetime import date

from minzheng.kernel.periods.month import Month


def month_of_birth(birth_date: date | None) -> Month | None:
    """The month somebody was born in, or None where the birth date is unknown."""
    return None if birth_date is None else Month.of(birth_date)


def age_in_months(birth: Month | date, month: Month) -> int:
    """Whole months from the month of birth to a month; negative before birth.

    >>> age_in_months(date(1957, 7, 31), Month(2022, 7)) == 65 * 12
    True
    """
    born = birth if isinstance(birth, Month) else Month.of(birth)
    return month - born


def age_in_years(birth_date: date, on: date) -> int:
    """Full years of age on a day (周岁); somebody born on 29 February turns a year older on 1 March.

    >>> age_in_years(date(1957, 7, 31), date(2022, 7, 30))
    64
    """
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def month_reaching_age(birth: Month | date, years: int) -> Month:
    """The month in which somebody reaches an age."""
    born = birth if isinstance(birth, Month) else Month.of(birth)
    return born + years * 12
