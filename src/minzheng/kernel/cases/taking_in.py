"""What the platform does when a case comes in: clocks start or go on, papers are fetched, the receipt is written.

Cases sent online come here by a job; cases sent at a counter at once. Done twice, it changes nothing; `take_in_waiting`
finds what a lost job left behind.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from minzheng.kernel.cases import clocks, letters
from minzheng.kernel.cases.models import Case, Clock, Letter, Material
from minzheng.kernel.cases.moving import item_of, locked, note_event
from minzheng.kernel.cases.papers import fetch_papers
from minzheng.kernel.cases.states import IN_HAND, OPEN, State
from minzheng.kernel.items.model import StepKind


@transaction.atomic
def take_in(*, case: Case | int, on: date) -> Case:
    """Starts what follows a case's coming in: clock, papers, receipt; after a correction lets the clocks go on."""
    found = locked(case)
    if found.state == State.SUBMITTED and not found.events.filter(act="take_in").exists():
        accept = item_of(found).step(StepKind.ACCEPT)
        if accept is not None:
            clocks.start_clock(found, Clock.Kind.ACCEPT, accept.days, on, in_workdays=accept.in_workdays)
        found = fetch_papers(case=found, on=on)
        letters.issue(found, Letter.Kind.RECEIPT, on=on)
        note_event(found, "take_in", on=on)
    elif found.state in IN_HAND and found.state != State.CORRECTING:
        correcting = Clock.objects.filter(case=found, kind=Clock.Kind.CORRECT, ended_on=None).exists()
        if correcting:
            clocks.end_clocks(found, on, Clock.Kind.CORRECT)
            clocks.resume_clocks(found, on)
            found.papers_asked = Material.objects.filter(case=found, state=Material.State.SUBMITTED).count()
            note_event(found, "resume", on=on)
    elif found.state not in OPEN:
        # Withdrawn by the applicant, who cannot touch clocks.
        clocks.end_clocks(found, on)
    return found


def take_in_waiting(*, on: date, at_most: int = 1000) -> int:
    """Takes in whatever was sent and not taken in; returns how many (补偿受理入库). Harmless to repeat."""
    sent = Case.objects.filter(state=State.SUBMITTED).exclude(events__act="take_in")
    sent_back = Case.objects.filter(
        clocks__kind=Clock.Kind.CORRECT, clocks__ended_on=None, state__in=[State.SUBMITTED, State.ACCEPTED]
    )
    left = Case.objects.filter(state=State.WITHDRAWN, clocks__ended_on=None)
    found = [*sent.values_list("pk", flat=True)[:at_most], *sent_back.values_list("pk", flat=True)[:at_most],
             *left.values_list("pk", flat=True).distinct()[:at_most]]  # fmt: skip
    for pk in dict.fromkeys(found):
        take_in(case=pk, on=on)
    return len(found)
