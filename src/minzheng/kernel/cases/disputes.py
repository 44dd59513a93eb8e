"""Values that an applicant disputes are put right at their source (数据异议处理), and the case is told.

A dispute belongs to where the person is registered, which need not be where the case is handled: whoever settles it
there need not see the case, so the case is told by a job that the same transaction puts into the queue.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from minzheng.kernel.access import require
from minzheng.kernel.access.actor import scope_of
from minzheng.kernel.audit import record
from minzheng.kernel.cases.answers import told
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused
from minzheng.kernel.cases.models import Case, Dispute
from minzheng.kernel.cases.moving import locked, note_event
from minzheng.kernel.cases.states import OPEN
from minzheng.kernel.people.actions import FACT_SCHEMA, Outcome, correct_field, record_facts
from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.models import Membership

CORRECTED, UPHELD = "corrected", "upheld"
_FIELDS = {"person.name": "name", "person.sex": "sex", "person.birth_date": "birth_date"}


@transaction.atomic
def settle_dispute(
    *, dispute: Dispute | int, outcome: str, reason: str, on: date, value: Any = None
) -> Dispute:
    """Settles a dispute at the person's place (处理数据异议): the register is corrected, or its value stands.

    A correction is written with the word of the office that the value came from, which has confirmed it; a stronger
    office's later word is not overwritten.

    Args:
        outcome: corrected or upheld.
        value: what is right, written as the form writes it; None takes what the applicant told.

    Raises:
        CaseError: no reason; the value does not fit; this value is corrected by its own office alone.
        MoveRefused: it was settled before.
        CaseNotFound: there is no such dispute at this post's place.
    """
    actor = require("sources.review")
    found = _dispute(dispute)
    if found.state != Dispute.State.OPEN:
        raise MoveRefused(f"这项异议已处理（{found.get_state_display()}） / the dispute was settled before")
    if outcome not in (CORRECTED, UPHELD):
        raise CaseError(
            f"处理结果须为 corrected 或 upheld，不是 {outcome} / settle it as corrected or upheld"
        )
    if len(reason.strip()) < 4:
        raise CaseError("请写明核实情况（至少四个字） / say what was found")
    if outcome == CORRECTED:
        _correct(found, value, on, reason.strip())
    found.state = Dispute.State(outcome)
    found.settled_on, found.outcome, found.settled_by = on, reason.strip(), actor.label
    found.save(update_fields=["state", "settled_on", "outcome", "settled_by", "told"])
    record(
        f"cases.dispute_{outcome}",
        subject=f"case:{found.case_id}",
        detail={"field": found.field, "source": found.source},
        reason=reason.strip(),
        person_id=found.person_id,
        division_code=actor.division_code,
    )
    from minzheng.kernel.cases.tasks import dispute_job

    dispute_job.defer(dispute_id=found.pk, on=on.isoformat())
    return found


def _dispute(dispute: Dispute | int) -> Dispute:
    pk = dispute if isinstance(dispute, int) else dispute.pk
    found = Dispute.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(f"没有数据异议 {pk}，或不在本岗位范围内 / no such dispute at this post's place")
    return found


def _correct(found: Dispute, value: Any, on: date, reason: str) -> None:
    """Writes what is right into the register, and keeps it as what was told."""
    right = _as_register_writes(found, found.told if value is None else value)
    found.told = str(right)
    if found.known_from in _FIELDS:
        result = correct_field(
            person_id=found.person_id, field=_FIELDS[found.known_from], value=right, source=found.source, on=on,
            reason=reason,
        )  # fmt: skip
        written = result.outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)
    else:
        written = _correct_fact(found, int(right), on)
    if not written:
        raise CaseError(
            f"“{found.label}”以数源部门的登记为准，{found.source or '来源不明'}的更正未能写入；请转数源部门办理 / "
            f"a stronger office's word stands; ask that office to correct {found.label}"
        )


def _correct_fact(found: Dispute, value: int, on: date) -> bool:
    kind = found.known_from.removeprefix("fact.")
    of_person = catalogue()[kind].entity == "person"
    home = Membership.objects.filter(person_id=found.person_id, during__upper_inf=True).first()
    if not of_person and home is None:
        raise CaseError(
            f"{found.label}：登记中没有该人的家庭 / the register knows no household of this person"
        )
    row = {
        "row": 1,
        "person_id": found.person_id if of_person else None,
        "household_id": home.household_id if home is not None and not of_person else None,
        "kind": kind,
        "int_value": value,
        "text_value": None,
        "start": on.replace(day=1),
        "end": None,
    }
    result = record_facts(
        pl.DataFrame([row], schema=FACT_SCHEMA),
        source=found.source,
        observed_on=on,
        file=f"dispute:{found.pk}",
    )
    return result["outcome"][0] in ("created", "updated", "unchanged")


def _as_register_writes(found: Dispute, value: Any) -> Any:
    """A value as the register keeps it: text, a day, or a whole number.

    Raises:
        CaseError: it does not fit, or the value is not corrected here.
    """
    kind = catalogue().get(found.known_from.removeprefix("fact."))
    try:
        if found.known_from == "person.name":
            return str(value).strip()
        if found.known_from == "person.birth_date":
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        if found.known_from == "person.sex":
            return {"male": 1, "female": 2, "1": 1, "2": 2}[str(value)]
        if kind is not None:
            number = {"True": 1, "False": 0}.get(str(value))
            number = int(value) if number is None else number
            if number < 0 or (kind.codes and number not in kind.codes):
                raise ValueError(value)
            return number
    except (KeyError, ValueError, TypeError) as wrong:
        raise CaseError(f"“{found.label}”不能登记为 {value} / {value} does not fit {found.label}") from wrong
    raise CaseError(
        f"“{found.label}”请由{found.source or '数源部门'}更正后重新调取 / {found.label} is corrected by its own office"
    )


@transaction.atomic
def tell_case(*, dispute: Dispute | int, on: date) -> Case:
    """Takes a settled dispute into its case: the answer is what the register now says; for the job.

    A case that was decided keeps its answers as they were decided on; its history tells of the settlement all the same.
    """
    found = _dispute(dispute)
    case = locked(found.case_id)
    answer = case.answers.get(found.field)
    if (
        found.state == Dispute.State.OPEN
        or case.events.filter(act="dispute_settled", detail__dispute=found.pk).exists()
    ):
        return case
    if case.state in OPEN and answer is not None:
        known = answer.get("known", answer.get("value"))
        right = _as_the_form_writes(answer.get("value"), found) if found.state == CORRECTED else known
        settled = {**told(right, on), "origin": "registry", "source": found.source, "known": known,
                   "confirmed": found.state == CORRECTED}  # fmt: skip
        case.answers = {**case.answers, found.field: settled}
    note_event(
        case,
        "dispute_settled",
        on=on,
        note=f"{found.label}：{found.get_state_display()}。{found.outcome}",
        detail={"dispute": found.pk, "field": found.label, "source": found.source, "outcome": found.state},
    )
    return case


def _as_the_form_writes(before: Any, found: Dispute) -> Any:
    """The corrected value in the type of the form's own answer."""
    if isinstance(before, bool):
        return found.told in ("1", "True")
    if isinstance(before, int):
        return int(found.told)
    return found.told


def disputes_open(*, place: str) -> QuerySet[Dispute]:
    """Disputes that wait at a place and below, where the person lives or is registered, the oldest first."""
    require("sources.review")
    return (
        Dispute.objects.filter(_at(place), state=Dispute.State.OPEN)
        .select_related("person")
        .order_by("opened_on", "id")
    )


def dispute_counts(*, place: str, since: date, until: date) -> dict[str, dict[str, int]]:
    """Disputes that were opened in a period, by source office: {office: {open, corrected, upheld}}; one query."""
    require("cases.look")
    counts: dict[str, dict[str, int]] = {}
    rows = Dispute.objects.filter(_at(place), opened_on__gte=since, opened_on__lt=until)
    counted = rows.values_list("source", "state").annotate(number=Count("id")).order_by("source", "state")
    for source, state, number in counted:
        counts.setdefault(source, dict.fromkeys(Dispute.State.values, 0))[state] = number
    return counts


def _at(place: str) -> Q:
    low, high = scope_of(place)
    return Q(person__division_code__gte=low, person__division_code__lt=high) | Q(
        person__hukou_division_code__gte=low, person__hukou_division_code__lt=high
    )
