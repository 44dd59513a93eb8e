"""Grants by event in the year (按事件发放): the index of the month before, and a start where it calls for one.

The readings are the illustrative ones of `domains/price_linkage/data`; which months start, and what is paid, follows from
them by the law of the mechanism.
"""

from __future__ import annotations

from typing import Any

from minzheng.domains.price_linkage import actions
from minzheng.domains.price_linkage.importing import DEMONSTRATION, readings_of
from minzheng.domains.price_linkage.programme import PROGRAMME
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.eventgrants.errors import EmptyList, NotTriggered
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.payments.actions import draft_orders
from minzheng.simulation.year.desk import PROPOSER, STARTER, post, workday
from minzheng.simulation.year.engine import SERVICE, Life
from minzheng.simulation.year.payments import open_accounts, settle_batches

_LISTED = """
    SELECT e.person_id FROM eventgrants_entry e JOIN eventgrants_activation a ON a.id = e.activation_id
    WHERE a.state = 'approved'
"""


def follow_prices(life: Life) -> dict[str, Any]:
    """Enters the reading of the month before; where it reaches a line, two officials start the mechanism and it is paid.

    The money goes within the days of the law, apart from the month's other batches.
    """
    told = {"readings": 0, "starts": 0, "listed": 0, "letters": 0, "batches": 0, "paid": 0, "returned": 0}
    index = life.month - 1
    read_on, propose_on, approve_on = (workday(life.month, number) for number in (7, 8, 9))
    with acting(post(PROPOSER)):
        for reading in readings_of(DEMONSTRATION):
            if reading.month == index:
                actions.enter_reading(
                    series=reading.series,
                    month=index,
                    rise_permille=reading.rise_permille,
                    source=reading.source,
                    provenance=reading.provenance,
                    on=read_on,
                )
                told["readings"] += 1
        try:
            started = actions.propose(month=index, on=propose_on)
        except (NotTriggered, EmptyList):
            return told
    told["starts"], told["listed"] = 1, started.list_count
    with acting(post(STARTER)):
        if started.state == Activation.State.PROPOSED:
            actions.approve(activation_id=started.pk, on=approve_on)
        told["letters"] = actions.tell(activation_id=started.pk, on=approve_on)
    # Members of a household paid through its head read in their letter how to name an account.
    open_accounts(life, waiting=_LISTED, on=approve_on)
    with acting_as_service(SERVICE):
        draft_orders(month=life.month, benefits=[actions.schedule()], on=workday(life.month, 10))
    settle_batches(life, PROGRAMME.code, first=10, told=told)
    return told
