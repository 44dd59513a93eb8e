"""Cases written straight into the record, in any state and with any dates, for tests that count them."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from minzheng.kernel.access import acting_as_resident
from minzheng.kernel.cases.models import Case, Clock, Event, Material, Rating
from minzheng.kernel.cases.models.case import YEAR
from minzheng.kernel.people.models import Person

_numbers = count(1)


def case(
    person: Person,
    *,
    state: str = "granted",
    item: str = "hukou_birth",
    domain: str = "public_security",
    channel: str = "counter",
    accepting: str = "310104014",
    deciding: str = "310151101",
    submitted: date | None = date(2022, 9, 5),
    accepted: date | None = date(2022, 9, 6),
    ended: date | None = date(2022, 9, 20),
    working_days: int | None = 10,
    limit_days: int = 20,
    step: str = "pass_on",
    **more: Any,
) -> Case:
    """One case with a clock and an event; whoever acts must see the place."""
    number = 2022 * YEAR + 5_000_000_000 + next(_numbers)
    is_decided = state in ("granted", "refused")
    made = Case.objects.create(
        id=number, item=item, item_version="2022-01-01", domain=domain, channel=channel, state=state, step=step,
        person=person, person_name=person.name, applicant=person, applicant_name=person.name,
        accepting_division=accepting, deciding_division=deciding, opened_on=date(2022, 9, 1), submitted_on=submitted,
        accepted_on=accepted, decided_on=ended if is_decided else None, state_since=ended or date(2022, 9, 6),
        working_days=working_days if is_decided else None, **more,
    )  # fmt: skip
    if limit_days:
        Clock.objects.create(
            case=made,
            kind="decide",
            limit_days=limit_days,
            started_on=date(2022, 9, 6),
            ended_on=ended or date(2022, 9, 6),
        )
    touch(made)
    return made


def touch(made: Case, act: str = "submit", *, on: date = date(2022, 9, 5), post: int | None = None) -> None:
    """Leaves an event, as every act does."""
    Event.objects.create(case=made, act=act, on=on, actor_label="测试", actor_post_id=post)


def paper(made: Case, code: str, state: str, *, issuer: str = "公安", failed_why: str = "") -> None:
    Material.objects.create(
        case=made, code=code, state=state, issuer=issuer, failed_why=failed_why, on=date(2022, 9, 5)
    )


def rating(made: Case, score: int, *, on: date = date(2022, 10, 8)) -> None:
    """A rating by the applicant, who alone may give one; a low one opens a follow-up."""
    with acting_as_resident(made.person_id):
        Rating.objects.create(
            case=made,
            score=score,
            on=on,
            division_code=made.deciding_division,
            follow_up="open" if score < 3 else "none",
        )
