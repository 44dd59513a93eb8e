"""A small town for tests of the price linkage: short forms of its acts, each by the right official."""

from __future__ import annotations

from datetime import date

from minzheng.domains.price_linkage import actions
from minzheng.kernel.access import acting
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.eventgrants.tests.town import COMMITTEE
from minzheng.kernel.eventgrants.tests.town import Town as TownOfPeople
from minzheng.kernel.periods import Month

SEPTEMBER = Month(2022, 9)
ON = date(2022, 10, 20)
SOURCE = "国家统计局2022年10月14日公报"
__all__ = ["COMMITTEE", "ON", "SEPTEMBER", "SOURCE", "Town"]


class Town(TownOfPeople):
    """Index, proposal, approval, payment and letters."""

    programme = "price_linkage"

    def reading(self, series: str, month: Month, permille: int) -> None:
        with acting(self.proposer):
            actions.enter_reading(
                series=series, month=month, rise_permille=permille, source=SOURCE, on=date(2023, 6, 1)
            )

    def prices(self, month: Month = SEPTEMBER, cpi: int = 28, food: int = 88) -> None:
        self.reading("cpi", month, cpi)
        self.reading("food", month, food)

    def propose(self, month: Month = SEPTEMBER, on: date = ON) -> Activation:
        with acting(self.proposer):
            return actions.propose(month=month, on=on)

    def approve(self, activation: Activation, on: date = ON) -> Activation:
        with acting(self.approver):
            return actions.approve(activation_id=activation.pk, on=on)

    def pay(self, activation: Activation, month: Month = Month(2022, 10)):  # type: ignore[no-untyped-def]
        with acting(self.preparer):
            return actions.pay(activation_id=activation.pk, month=month, on=ON)

    def tell(self, activation: Activation, on: date = ON) -> int:
        with acting(self.approver):
            return actions.tell(activation_id=activation.pk, on=on)
