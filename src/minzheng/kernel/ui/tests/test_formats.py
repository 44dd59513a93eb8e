"""How values are written."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from minzheng.kernel.periods import Month
from minzheng.kernel.ui import formats


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (None, "—"),
        (0, "¥0.00"),
        (-1, "−¥0.01"),
        (99, "¥0.99"),
        (100, "¥1.00"),
        (123456789012, "¥1,234,567,890.12"),
    ],
)
def test_every_fen_is_written_and_nothing_known_is_a_dash(amount, written):
    assert formats.fen(amount) == written


def test_a_masked_identity_number_hides_the_birthday():
    shown = formats.masked("310107194901120010")
    assert shown == "310***********0010"
    assert "19490112" not in shown and len(shown) == 18


def test_a_masked_account_shows_only_its_last_four():
    assert formats.masked("6222021001112223334", "account") == "****3334"


@pytest.mark.parametrize("value", ["1", "12", "123456789", "1234567890"])
def test_a_short_number_is_never_shown_whole(value):
    assert formats.masked(value) != value
    assert formats.masked(value, "account") != value


def test_a_moment_late_in_the_utc_day_is_the_next_day_in_shanghai():
    late = datetime(2022, 6, 30, 16, 0, tzinfo=UTC)
    assert formats.moment(late) == "2022-07-01 00:00"
    assert formats.short_day(late) == "2022-07-01"


def test_dates_and_months_follow_the_language():
    with translation.override("zh-hans"):
        assert formats.day(date(2022, 7, 5)) == "2022年7月5日"
        assert formats.month(Month(2022, 7)) == "2022年7月"
    with translation.override("en"):
        assert formats.day(date(2022, 7, 5)) == "2022-07-05"
        assert formats.month(date(2022, 7, 1)) == "2022-07"
