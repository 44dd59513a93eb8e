"""A made-up fourth cash programme, by copying one folder and listing it, goes all the way to drafted payments."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains import DOMAINS
from minzheng.domains.tests.test_fourth_programme import copied  # noqa: F401  (a fixture)
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.awards.models import Award
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.monthend.models import MonthTotal
from minzheng.kernel.monthend.tests.town import build_town
from minzheng.kernel.outreach.models import Notice
from minzheng.kernel.payments.actions import close_month
from minzheng.kernel.payments.models import Order
from minzheng.kernel.periods import Month

HEATING = "winter_heating"
JUL = Month(2022, 7)


@pytest.fixture
def town(fresh_database, copied, settings):  # noqa: F811  (the fixture imported above)
    settings.MINZHENG_DOMAINS = [*DOMAINS, copied]
    return build_town()


def test_the_copied_programme_finds_notifies_grants_and_pays_without_a_line_of_workflow(town):
    run = run_month(JUL)
    with acting_as_service("test"):
        notices = Notice.objects.filter(benefit=HEATING, about="grant")
        assert notices.filter(person_id=town["满六十五"], state="issued").exists()
        assert MonthTotal.objects.filter(run=run, benefit=HEATING, eligible__gt=0).exists()
        assert not Award.objects.filter(benefit=HEATING).exists()  # the objection window is still open
        close_month(month=JUL, on=JUL.last_day)
    for month in (JUL + 1, JUL + 2, JUL + 3):
        run_month(month)
        if month != JUL + 3:
            with acting_as_service("test"):
                close_month(month=month, on=month.last_day)
    with acting_as_service("test"):
        award = Award.objects.get(benefit=HEATING, person_id=town["满六十五"])
        assert (award.origin, award.start_month, award.end_month) == ("automatic", date(2022, 5, 1), None)
        paid = dict(Order.objects.filter(award=award).values_list("benefit_month", "amount_fen"))
        # Quarterly like its pattern: October pays May (arrears since the birthday month) to September, 43.21 yuan each.
        assert paid == {date(2022, month, 1): 4_321 for month in (5, 6, 7, 8, 9)}
        # The pattern itself is untouched: its own award stands beside, in its own amount.
        own = Award.objects.get(benefit="old_age_allowance", person_id=town["满六十五"])
        assert dict(Order.objects.filter(award=own).values_list("benefit_month", "amount_fen")) == {
            date(2022, month, 1): 7_500 for month in (5, 6, 7, 8, 9)
        }
