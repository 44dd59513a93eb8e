"""Named readings of cases for pages and reports; each takes a fixed number of queries and a bounded number of rows."""

from __future__ import annotations

from django.db.models import QuerySet

from minzheng.kernel.access import Actor
from minzheng.kernel.cases.models import Case, Event, Letter
from minzheng.kernel.cases.moving import item_of, may_do
from minzheng.kernel.cases.states import State
from minzheng.kernel.items.model import Step, StepKind

_STEP_OF = {
    State.SUBMITTED: StepKind.ACCEPT,
    State.CHECKING: StepKind.CHECK,
    State.PUBLICISED: StepKind.PUBLICISE,
    State.PROPOSED: StepKind.DECIDE,
    State.PASSED_ON: StepKind.PASS_ON,
}


def cases_of_person(person_id: int) -> QuerySet[Case]:
    """All of a person's cases, whatever the channel and whoever applied, the newest first."""
    return (Case.objects.filter(person_id=person_id) | Case.objects.filter(applicant_id=person_id)).order_by(
        "-id"
    )


def history(case: Case) -> list[Event]:
    """What was done, the latest first."""
    return list(Event.objects.filter(case=case).order_by("-id")[:200])


def letters_of(case: Case) -> list[Letter]:
    return list(Letter.objects.filter(case=case).order_by("-id")[:100])


def step_in_hand(case: Case) -> Step | None:
    """The route's step that a case waits for, by its state; None where it waits for the applicant or has ended."""
    item = item_of(case)
    if case.state in _STEP_OF:
        return item.step(_STEP_OF[State(case.state)])
    if case.state in (State.ACCEPTED, State.EXAMINED):
        for step in item.route:
            if step.kind is not StepKind.ACCEPT and step.kind.value not in case.steps_done:
                return step
    return None


def is_mine(case: Case, actor: Actor) -> bool:
    """Whether the acting post can do the step in hand now."""
    step = step_in_hand(case)
    return step is not None and may_do(case, step, actor)


def find_by_number(text: str) -> Case | None:
    """A case by its number as people type it, with or without the dash; None where there is none in sight."""
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) != 14:
        return None
    return Case.objects.filter(pk=int(digits)).first()
