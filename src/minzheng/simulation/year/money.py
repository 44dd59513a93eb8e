"""What a month pays: accounts, returned money, the month end, batches, leads and notices, grants by event, the close.

Every step acts as the officials whose work it is and may be called again after a kill: it finds what is done and goes on.
"""

from __future__ import annotations

from typing import Any

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.monthend.models import RunState
from minzheng.kernel.monthend.queries import latest_run
from minzheng.kernel.payments.actions import close_month
from minzheng.simulation.year.applications import answer_notices, work_off_leads
from minzheng.simulation.year.desk import APPROVER, open_desks, post, workday
from minzheng.simulation.year.engine import SERVICE, Life, Step
from minzheng.simulation.year.grants import follow_prices, pay_one_offs
from minzheng.simulation.year.overpaid import settle_overpaid
from minzheng.simulation.year.payments import open_accounts, pay, send_back_again


def name_accounts(life: Life) -> dict[str, Any]:
    """Opens the two desks of the year, and lets those who are owed money name an account."""
    open_desks()
    return {"accounts": open_accounts(life)}


def run(life: Life) -> dict[str, Any]:
    """The month's run, dated by its sixth working day; one that was killed is taken up."""
    with acting_as_service(SERVICE):
        known = latest_run(life.month)
    if known is None or known.state != RunState.DONE:
        known = run_month(
            life.month,
            on=workday(life.month, 6),
            progress=lambda event: life.watch(f"{life.month} {event.step}", event.state),
        )
    return {"attempt": known.attempt}


def close(life: Life) -> dict[str, Any]:
    """The month is closed on its last working day, when every batch is settled."""
    with acting(post(APPROVER)):
        closed = close_month(month=life.month, on=workday(life.month, -1))
    return {"orders": closed.orders_count, "carried": closed.carried_count}


def _step(name: str, words: str, live: Any) -> Step:
    return Step(name, words, live, atomic=False)


STEPS: tuple[Step, ...] = (
    _step("accounts", "登记账户", name_accounts),
    _step("returned", "退票处理", send_back_again),
    _step("month_run", "月度办理", run),
    _step("pay", "资金发放", pay),
    _step("overpaid", "多发处理", settle_overpaid),
    _step("leads", "申请与决定", work_off_leads),
    _step("notices", "告知与异议", answer_notices),
    _step("prices", "物价联动", follow_prices),
    _step("one_off", "一次性补贴", pay_one_offs),
    _step("close", "月度结账", close),
)
