"""Before an office has it: a draft is begun, filled in by whoever, sent, withdrawn or given up (填写与提交).

The applicant and a clerk at any counter work on the same draft, so what was filled in online is not asked again. A
resident's own acts touch the case, its answers and its papers; clocks and letters are the office's, so a case sent
online is taken in by a job that the same transaction puts into the queue (`taking_in.take_in`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from minzheng.kernel.access import RESIDENT, require
from minzheng.kernel.cases import answers as forms
from minzheng.kernel.cases.clocks import accepting_days, due_after
from minzheng.kernel.cases.closing import close_what_runs
from minzheng.kernel.cases.conditions import require_answered, require_corrected, require_known_fields
from minzheng.kernel.cases.errors import CaseError, MoveRefused
from minzheng.kernel.cases.jurisdiction import CITY, deciding_place
from minzheng.kernel.cases.mandates import beneficiary, require_for_draft, require_to_send
from minzheng.kernel.cases.models import Case, Mandate, Submission
from minzheng.kernel.cases.moving import add_event, item_of, locked, move, next_number, who_acts
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.cases.states import IN_HAND, State
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items import item_on
from minzheng.kernel.items.model import Channel, Item, StepKind
from minzheng.kernel.people.models import Person


@transaction.atomic
def open_draft(
    *,
    item: str,
    person: Person | int,
    on: date,
    key: str = "",
    channel: str = Case.Channel.COUNTER,
    applicant: Person | int | None = None,
    relation: str = "本人",
    mandate: Mandate | None = None,
    centre_id: int | None = None,
    accepting_division: str = "",
    lead_id: int | None = None,
    bundle_id: int | None = None,
    bundle_part: str = "",
) -> Case:
    """Begins a case with what the city knows filled in (新建办件).

    Args:
        person: who benefits.
        applicant: who applies; the same person where None.
        key: the form's own key; the same key again gives the same case.
        mandate: by which somebody acts for the beneficiary.
        accepting_division: the centre's street; the acting post's place, or the resident's own, where empty.

    Raises:
        CaseError: the item is not offered in this way on this day; the beneficiary is known to have died.
        NotPermitted: the acting post takes no cases; whoever acts for another has no mandate for it.
    """
    actor = who_acts()
    if actor.kind != RESIDENT:
        require("cases.help")
    if key:
        made = _made_of(key, item, person)
        if made is not None:
            return made
    declared = item_on(item, on)
    person_id = person if isinstance(person, int) else person.pk
    require_for_draft(mandate=mandate, person_id=person_id, item=item, channel=channel, on=on)
    who, household_id = beneficiary(person_id, mandate.pk if mandate else None)
    is_helper = actor.kind == RESIDENT and actor.person_id != person_id
    if is_helper:
        # Whoever acts for another applies in their own name, by the mandate.
        applicant, relation = actor.person_id, relation if relation != "本人" else "受托人"
    asks = (
        (applicant if isinstance(applicant, Person) else Person.objects.get(pk=applicant))
        if applicant
        else who
    )
    check_offer(declared, channel, who)
    place = accepting_division or (
        who.division_code[:9] if actor.kind == RESIDENT else actor.division_code[:9]
    )
    case = Case(
        id=next_number(on),
        item=declared.code,
        item_version=declared.version,
        domain=declared.domain,
        channel=channel,
        person=who,
        person_name=who.name,
        household_id=household_id,
        applicant=asks,
        applicant_name=asks.name,
        relation=relation,
        mandate_id=mandate.pk if mandate else None,
        helper_person_id=actor.person_id if is_helper else None,
        helper_post_id=actor.post_id if channel in (Case.Channel.PHONE, Case.Channel.HOME) else None,
        accepting_division=place or CITY,
        deciding_division=deciding_place(declared, who, accepting=place, answers={}),
        centre_id=centre_id,
        answers=forms.known_answers(declared, who.pk) if mandate is None or mandate.may_see else {},
        opened_on=on,
        state_since=on,
        lead_id=lead_id,
        bundle_id=bundle_id,
        bundle_part=bundle_part,
        step=StepKind.ACCEPT.value,
    )
    try:
        with transaction.atomic():
            case.save(force_insert=True)
            if key:
                Submission.objects.create(key=key, case_id=case.pk)
    except IntegrityError as twice:
        # The same form was sent twice at the same instant: the first one's case is the case.
        made = _made_of(key, item, who) if key else None
        if made is None:
            raise CaseError("重复提交，请刷新页面 / sent twice; load the page again") from twice
        return made
    add_event(case, "open", on=on, to_state=State.DRAFT.value, detail={"channel": channel})
    return case


def _made_of(key: str, item: str, person: Person | int) -> Case | None:
    """The case that this form's key became already.

    Raises:
        CaseError: it became another person's or item's; a page left open must not give one client's case to the next.
    """
    known = Submission.objects.filter(pk=key).first()
    if known is None:
        return None
    case = Case.objects.get(pk=known.case_id)
    if (case.item, case.person_id) != (item, person.pk if isinstance(person, Person) else person):
        raise CaseError(
            f"本页表单已用于办件 {case.number}，请重新打开页面 / "
            f"this page's form became case {case.number}; open the page anew"
        )
    return case


def check_offer(item: Item, channel: str, person: Person) -> None:
    offered = {
        Case.Channel.COUNTER: Channel.COUNTER,
        Case.Channel.ONLINE: Channel.ONLINE,
        Case.Channel.PHONE: Channel.PHONE,
        Case.Channel.HOME: Channel.COUNTER,
        Case.Channel.AUTOMATIC: Channel.AUTOMATIC,
    }[Case.Channel(channel)]
    if offered not in item.channels:
        raise CaseError(
            f"“{item.name}”不能以此方式办理（可用：{'、'.join(sorted(item.channels))}） / "
            f"{item.name_en} is not offered in this way; it is by {', '.join(sorted(item.channels))}"
        )
    if person.death_date is not None and item.result.kind == "award":
        raise CaseError(
            f"登记显示 {person.name} 已于 {person.death_date} 去世 / the register says that the beneficiary has died"
        )


@transaction.atomic
def save_answers(
    *, case: Case | int, values: Mapping[str, Any], on: date, version: int | None = None
) -> Case:
    """Keeps what was filled in so far, whole or not (保存); a known value that was overwritten counts as disputed.

    Args:
        values: by field name; None takes an answer out.

    Raises:
        CaseChanged, MoveRefused, CaseNotFound; CaseError names a field the form does not have.
    """
    found = locked(case, version=version)
    if found.state not in (State.DRAFT, State.CORRECTING) and not (
        found.state == State.SUBMITTED and who_acts().kind != RESIDENT
    ):
        raise MoveRefused(
            f"办件 {found.number} 已受理，填写内容不能再改 / the answers of case {found.number} cannot be changed any more"
        )
    item = item_of(found)
    require_known_fields(item, values)
    kept = dict(found.answers)
    for name, value in values.items():
        before = kept.get(name)
        if value is None:
            kept.pop(name, None)
        elif before is None or before.get("value") != value:
            kept[name] = forms.told(value, on)
    found.answers, found.version = kept, found.version + 1
    found.save(update_fields=["answers", "version"])
    return found


def what_is_missing(case: Case, item: Item | None = None) -> list[str]:
    """Everything that keeps a case from being complete, in words, told at once (一次性告知)."""
    item = item or item_of(case)
    return [*forms.faults(item, case.answers).values(), *(paper.name for paper in missing_papers(case, item))]


@transaction.atomic
def submit(*, case: Case | int, on: date, version: int | None = None) -> Case:
    """Sends a case in (提交). Papers may still be missing, which the office tells at once; answers may not.

    A case sent already stays as it is; one that is being corrected is sent back.

    Raises:
        StillMissing: names every answer that is missing or wrong.
        NotPermitted, MoveRefused: the mandate of whoever helped by phone or at home is another's, revoked or over.
    """
    found = locked(case, version=version)
    if found.state == State.CORRECTING:
        return resubmit(case=found, on=on)
    if found.state in IN_HAND:
        return found
    item = item_of(found)
    require_to_send(found, on)
    require_answered(forms.faults(item, found.answers).values())
    found.submitted_on = found.submitted_on or on
    who, _ = beneficiary(found.person_id, found.mandate_id)
    found.deciding_division = deciding_place(
        item, who, accepting=found.accepting_division, answers=found.answers
    )
    accept = item.step(StepKind.ACCEPT)
    if accept is not None:
        days, in_workdays = accepting_days(accept)
        found.due_on = due_after(on, days, in_workdays=in_workdays)
    move(found, State.SUBMITTED, act="submit", on=on)
    return _ask_to_take_in(found, on)


@transaction.atomic
def resubmit(*, case: Case | int, on: date, version: int | None = None) -> Case:
    """Sends back a case with what was missing (补正完成); it goes on where it was, and so do its clocks.

    Raises:
        StillMissing: names everything that is still missing.
    """
    found = locked(case, version=version)
    require_corrected(found, what_is_missing(found))
    move(found, State(found.resume_state or State.SUBMITTED), act="resubmit", on=on)
    return _ask_to_take_in(found, on)


def _ask_to_take_in(case: Case, on: date) -> Case:
    """Residents start no clocks: a job, put into the queue by the same transaction, does it as the platform."""
    from minzheng.kernel.cases.taking_in import take_in
    from minzheng.kernel.cases.tasks import take_in_job

    if who_acts().kind == RESIDENT:
        take_in_job.defer(case_id=case.pk, on=on.isoformat())
        return case
    return take_in(case=case, on=on)


@transaction.atomic
def withdraw(*, case: Case | int, on: date, reason: str = "", version: int | None = None) -> Case:
    """Takes a case back (撤回申请); a draft is given up instead."""
    found = locked(case, version=version)
    state = State.ABANDONED if found.state == State.DRAFT else State.WITHDRAWN
    found.due_on = None
    if who_acts().kind == RESIDENT:
        move(found, state, act=state.value, on=on, note=reason)
        return _ask_to_take_in(found, on)
    require("cases.help")
    close_what_runs(found, on)
    return move(found, state, act=state.value, on=on, note=reason)


@transaction.atomic
def clear_drafts(*, on: date) -> int:
    """Gives up drafts that nobody changed for long (清理过期草稿); returns how many. For the nightly job."""
    require("cases.accept")
    since = on - timedelta(days=rule_at("draft_days", on))
    old = Case.objects.filter(state=State.DRAFT, opened_on__lt=since).exclude(events__on__gte=since)
    # Answers carry the day on which they were told.
    old = old.extra(
        where=["NOT EXISTS (SELECT 1 FROM jsonb_each(answers) a WHERE a.value->>'on' >= %s)"],
        params=[since.isoformat()],
    )
    # A part of a joined application that waits for an earlier part is not forgotten by its applicant.
    waits = Case.objects.filter(bundle_id=OuterRef("bundle_id"), state__in=IN_HAND)
    old = old.exclude(Q(bundle_id__isnull=False) & Exists(waits))
    count = 0
    for pk in old.values_list("pk", flat=True)[:5000]:
        move(locked(pk), State.ABANDONED, act="abandoned", on=on, note="逾期未提交")
        count += 1
    return count


def fields_to_show(item: Item, case: Case) -> list[str]:
    """The questions that the form shows now, in their order."""
    return [field.name for field in item.fields if forms.is_asked(field, case.answers)]
