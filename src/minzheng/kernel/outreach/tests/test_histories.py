"""Over random months and outcomes: one pending lead at most, and a refusal of the person is never overrun."""

from __future__ import annotations

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.outreach import actions
from minzheng.kernel.outreach.errors import OutreachError
from minzheng.kernel.outreach.models import MOVES, PENDING, Lead, LeadEvent
from minzheng.kernel.outreach.tests.conftest import JUL
from minzheng.kernel.periods import Month

# Each month: what the law finds (nothing, or an amount), and what the committee reports.
months = st.lists(
    st.tuples(
        st.sampled_from([None, 90_000, 95_000]),
        st.sampled_from([None, "visited", "not_found", "declined", "applied", "refused", "granted"]),
    ),
    min_size=2,
    max_size=10,
)


class _Undo(Exception):
    pass


def test_a_declined_or_refused_lead_is_never_raised_again_unchanged_while_it_is_quiet(
    as_post, household, found, outreach_month
):
    as_post("service")
    home, _ = household()

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(months)
    def check(history) -> None:
        try:
            with transaction.atomic():
                for step, (amount, outcome) in enumerate(history):
                    month = JUL + step
                    if amount:
                        found(home, fen=amount, month=month)
                    outreach_month(month, month.last_day)
                    _invariants(month)
                    _report(outcome, month)
                raise _Undo
        except _Undo:
            pass

    check()


def _report(outcome: str | None, month: Month) -> None:
    lead = Lead.objects.filter(state__in=PENDING).first()
    if lead is None or outcome is None:
        return
    try:
        with transaction.atomic():
            if outcome == "applied":
                actions.apply_for(lead=lead, on=month.last_day)
            elif outcome in ("refused", "granted"):
                decision = "refuse" if outcome == "refused" else "grant"
                actions.decide(lead=lead, decision=decision, on=month.last_day, reason="random")
            else:
                actions.record_outcome(lead=lead, outcome=outcome, on=month.last_day)
    except OutreachError:
        pass  # A refused act leaves the lead as it was; the invariants below hold all the same.


def _invariants(month: Month) -> None:
    pending = list(Lead.objects.filter(state__in=PENDING))
    assert len(pending) <= 1
    for lead in pending:
        if lead.month != month.first_day:
            continue
        unwanted = Lead.objects.filter(
            state__in=["declined", "refused"],
            quiet_until__gte=month.first_day,
            amount_fen=lead.amount_fen,
            kind=lead.kind,
        )
        assert not unwanted.exists(), "raised although it was declined and nothing has changed"
    for event in LeadEvent.objects.all():
        assert event.to_state in MOVES[event.from_state]
