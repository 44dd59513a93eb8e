"""A small town for tests of the one-off subsidies: short forms of the acts, each by the right official."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.one_off_subsidies import actions
from minzheng.domains.one_off_subsidies.lists import take_list
from minzheng.domains.one_off_subsidies.models import DepartmentList
from minzheng.domains.one_off_subsidies.notice import Notice
from minzheng.kernel.access import acting
from minzheng.kernel.eventgrants import actions as grants
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.eventgrants.tests.town import Town as TownOfPeople
from minzheng.kernel.payments.models import Batch
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.periods import Month

CUTOFF, ON = date(2022, 7, 15), date(2022, 7, 20)
JULY = Month(2022, 7)
PAPER = "示例通知〔2022〕1号"


def notice(benefit: str = "one_off_living_subsidy", *, cutoff_on: date = CUTOFF, **amounts: int) -> Notice:
    """A notice of sums in yuan for groups."""
    fen = {code: yuan * 100 for code, yuan in amounts.items()}
    return Notice(benefit, cutoff_on, fen, PAPER, "illustrative", 15)


class Town(TownOfPeople):
    """A department's list, proposal, approval, payment and letters."""

    programme = "one_off_subsidies"

    def numbered(self, value: str, **about: Any) -> Person:
        person = self.person(**about)
        with self.seeing():
            Identifier.objects.create(
                person=person, kind="citizen", value=value, during=DateRange(date(1950, 3, 1), None)
            )
        return person

    def take(
        self, text: str, *, benefit: str = "one_off_living_subsidy", month: Month = JULY
    ) -> DepartmentList:
        with acting(self.proposer):
            return take_list(
                benefit=benefit, month=month, file_name="人社名单.csv", content=text.encode(), on=ON
            )

    def propose(self, stated: Notice, on: date = ON) -> Activation:
        with acting(self.proposer):
            return actions.propose(notice=stated, on=on)

    def approve(self, started: Activation, on: date = ON) -> Activation:
        with acting(self.approver):
            return actions.approve(activation_id=started.pk, on=on)

    def start(self, stated: Notice) -> Activation:
        return self.approve(self.propose(stated))

    def add_late(self, started: Activation, on: date = ON) -> int:
        with acting(self.approver):
            return actions.add_late(activation_id=started.pk, on=on)

    def tell(self, started: Activation, on: date = ON) -> int:
        with acting(self.approver):
            return actions.tell(activation_id=started.pk, on=on)

    def pay(self, started: Activation) -> Batch:
        with acting(self.preparer):
            return grants.pay(activation_id=started.pk, schedules=actions.schedules(), month=JULY, on=ON)
