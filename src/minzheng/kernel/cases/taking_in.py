"""What the platform does when a case comes in: clocks start or go on, papers are fetched, the receipt is written.

Cases sent online come here by a job; cases sent at a counter at once. Done twice, it changes nothing; `take_in_waiting`
finds what a lost job left behind.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef

from minzheng.kernel.cases import clocks, letters
from minzheng.kernel.cases.accepting import CORRECTION_REASON
from minzheng.kernel.cases.closing import close_what_runs, each
from minzheng.kernel.cases.models import Case, Clock, Letter, Material
from minzheng.kernel.cases.moving import item_of, locked, note_event
from minzheng.kernel.cases.papers import fetch_papers
from minzheng.kernel.cases.states import IN_HAND, OPEN, State
from minzheng.kernel.items.model import StepKind


@transaction.atomic
def take_in(*, case: Case | int, on: date) -> Case:
    """Starts what follows a case's coming in: clock, papers, receipt; after a correction lets the clocks go on."""
    found = locked(case)
    if found.state == State.SUBMITTED and _is_new(found):
        accept = item_of(found).step(StepKind.ACCEPT)
        if accept is not None:
            clocks.start_accepting(found, accept, on)
        found = fetch_papers(case=found, on=on)
        letters.issue(found, Letter.Kind.RECEIPT, on=on)
        note_event(found, "take_in", on=on)
    elif found.state in IN_HAND and found.state != State.CORRECTING:
        correcting = Clock.objects.filter(case=found, kind=Clock.Kind.CORRECT, ended_on=None).exists()
        if correcting:
            clocks.end_clocks(found, on, Clock.Kind.CORRECT)
            clocks.resume_clocks(found, on, reason=CORRECTION_REASON)
            found.papers_asked = Material.objects.filter(case=found, state=Material.State.SUBMITTED).count()
            note_event(found, "resume", on=on)
    elif found.state not in OPEN:
        # Withdrawn by the applicant, who cannot touch clocks.
        close_what_runs(found, on)
    return found


def _is_new(case: Case) -> bool:
    """Whether a case was sent and not taken in since; one sent again after it was not accepted counts anew."""
    last = case.events.filter(act__in=["submit", "take_in"]).order_by("-id").first()
    return last is None or last.act == "submit"


def take_in_waiting(*, on: date, at_most: int = 1000) -> int:
    """Takes in whatever was sent and not taken in; returns how many (补偿受理入库). Harmless to repeat."""
    sent = Case.objects.filter(state=State.SUBMITTED).exclude(
        Exists(Clock.objects.filter(case=OuterRef("pk"), ended_on=None))
    )
    sent_back = Case.objects.filter(
        clocks__kind=Clock.Kind.CORRECT,
        clocks__ended_on=None,
        state__in=[State.SUBMITTED, State.ACCEPTED, State.EXAMINED],
    )
    left = Case.objects.filter(state=State.WITHDRAWN, clocks__ended_on=None)
    found = [*sent.values_list("pk", flat=True)[:at_most], *sent_back.values_list("pk", flat=True)[:at_most],
             *left.values_list("pk", flat=True).distinct()[:at_most]]  # fmt: skip
    return each(dict.fromkeys(found), lambda pk: take_in(case=pk, on=on))
