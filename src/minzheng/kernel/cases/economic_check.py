"""The economic check of a household (居民经济状况核对): asked with everybody's authorisation, answered by sources.

The report lays what was told beside what was found and says by whom, when and under which law. It informs; a person
decides. Two jobs move it: one asks the sources, the nightly one asks those again that were down, and ends old reports.

Sources: 上海市居民经济状况核对办法（市政府令第14号）; 上海市社会救助条例 第三十四条、第三十五条.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from minzheng.kernel.access import RESIDENT, require
from minzheng.kernel.access.models import Post
from minzheng.kernel.audit import record
from minzheng.kernel.cases import handling
from minzheng.kernel.cases.authorising import (
    authorised_people,
    is_means_tested,
    months_after,
    unauthorised,
)
from minzheng.kernel.cases.check_sources import AUTHORITY, CheckSource, SourceDown, SourceRow, check_sources
from minzheng.kernel.cases.clocks import due_after
from minzheng.kernel.cases.closing import each
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused, SamePerson, StillMissing
from minzheng.kernel.cases.models import Case, EconomicCheck
from minzheng.kernel.cases.moving import add_event, item_of, locked, require_step, who_acts
from minzheng.kernel.cases.states import State
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items.model import Item, StepKind
from minzheng.kernel.money import format_yuan
from minzheng.kernel.people.facts import catalogue

_STANDING = (EconomicCheck.State.ANSWERED, EconomicCheck.State.SETTLED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking one source once; `rows` is None where it was down."""

    source: CheckSource
    rows: list[SourceRow] | None
    why: str = ""


@transaction.atomic
def request_check(*, case: Case | int, on: date, version: int | None = None) -> EconomicCheck:
    """Asks for the economic check of a case's household (委托核对); the office's clocks stand still meanwhile.

    Raises:
        StillMissing: names every adult whose authorisation is missing.
        CaseError: the item has no economic check.
        CaseNotFound, NotYourStep, MoveRefused, CaseChanged.
    """
    from minzheng.kernel.cases.tasks import check_job

    found = locked(case, version=version)
    item = item_of(found)
    if not is_means_tested(item):
        raise CaseError(f"“{item.name}”不作经济状况核对 / {item.name_en} has no economic check")
    step, actor = require_step(found, item, StepKind.CHECK)
    missing = unauthorised(found, on)
    if missing:
        raise StillMissing(
            f"尚未取得授权：{'、'.join(missing)} / these adults have not given their authorisation", missing
        )
    found = handling.begin_check(case=found, on=on)
    check = EconomicCheck.objects.create(
        case=found,
        household_id=found.household_id,
        purpose=f"办理“{item.name}”，办件 {found.number}",
        authority=AUTHORITY,
        requested_on=on,
        requested_by=actor.label,
        requested_post_id=actor.post_id,
        due_on=due_after(on, step.days, in_workdays=step.in_workdays),
        sources=[_asked(source) for source in check_sources()],
    )
    _trace(check, found, "cases.check_requested", {"sources": [one["name"] for one in check.sources]})
    check_job.defer(check_id=check.pk, on=on.isoformat())
    return check


def _asked(source: CheckSource) -> dict[str, Any]:
    return {"name": source.name, "authority": source.authority, "kinds": list(source.kinds), "state": "asked",
            "tries": 0, "on": None, "why": "", "rows": []}  # fmt: skip


def ask_sources(*, check: EconomicCheck | int, on: date) -> EconomicCheck:
    """Asks every source that has not answered yet, and closes the report once all have; for the job.

    The sources are asked before anything is locked, so that a slow one holds nobody up. Without a case that waits for
    the check, or without everybody's authorisation on the day, no source is asked.
    """
    found = _check(check, lock=False)
    require("cases.check")
    if found.state != EconomicCheck.State.REQUESTED or unauthorised(found.case, on):
        return found
    open_names = {one["name"] for one in found.sources if one["state"] != "answered"}
    people = [person_id for person_id, _ in authorised_people(found.case, on)]
    answers = [
        _ask(source, found.household_id, people, on)
        for source in check_sources()
        if source.name in open_names
    ]
    return _take_answers(found.pk, answers, on)


def _ask(source: CheckSource, household_id: int | None, people: list[int], on: date) -> Answer:
    try:
        with transaction.atomic():
            rows = source.answer(household_id=household_id, person_ids=people, on=on)
    except SourceDown as down:
        return Answer(source, None, str(down) or "暂不可用")
    # A source answers about those who were asked about, and nobody else.
    return Answer(source, [row for row in rows if row.person_id is None or row.person_id in people])


@transaction.atomic
def _take_answers(check_id: int, answers: list[Answer], on: date) -> EconomicCheck:
    case = locked(EconomicCheck.objects.values_list("case_id", flat=True).get(pk=check_id))
    check = _check(check_id)
    if check.state != EconomicCheck.State.REQUESTED:
        return check
    by_name = {answer.source.name: answer for answer in answers}
    check.sources = [_with_answer(one, by_name.get(one["name"]), on) for one in check.sources]
    check.save(update_fields=["sources"])
    down = silent_sources(check)
    _trace(check, case, "cases.check_asked", {"asked": sorted(by_name), "down": down})
    if not down:
        _report(check, case, on, note="核对报告已出")
    return check


def _with_answer(one: dict[str, Any], answer: Answer | None, on: date) -> dict[str, Any]:
    if answer is None or one["state"] == "answered":
        return one
    tried = {**one, "tries": one["tries"] + 1, "on": on.isoformat()}
    if answer.rows is None:
        return {**tried, "state": "down", "why": answer.why[:300]}
    rows = [
        {"person_id": row.person_id, "kind": row.kind, "value": row.value, "label": row.label,
         "observed_on": row.observed_on.isoformat(), "hash": row.digest(one["name"])}
        for row in answer.rows
    ]  # fmt: skip
    return {**tried, "state": "answered", "why": "", "rows": rows}


@transaction.atomic
def close_check(*, check: EconomicCheck | int, on: date, reason: str) -> EconomicCheck:
    """Closes a report without the sources that stay down, which it names (部分来源未反馈，先行出具).

    Raises:
        CaseError: no reason was given; no source has answered yet.
        MoveRefused: the check does not wait for sources.
    """
    found = _check(check)
    case = locked(found.case_id)
    require_step(case, item_of(case), StepKind.CHECK)
    if found.state != EconomicCheck.State.REQUESTED:
        raise MoveRefused(f"办件 {case.number} 的核对不在等待反馈 / the check does not wait for its sources")
    if len(reason.strip()) < 4:
        raise CaseError("请写明为何不再等待（至少四个字） / say why you do not wait any longer")
    if not any(one["state"] == "answered" for one in found.sources):
        raise CaseError("尚无任何来源反馈，不能出具报告 / no source has answered; there is nothing to report")
    _report(found, case, on, note=f"部分来源未反馈（{'、'.join(silent_sources(found))}）：{reason.strip()}")
    return found


def silent_sources(check: EconomicCheck) -> list[str]:
    """The sources that have not answered, by name."""
    return [one["name"] for one in check.sources if one["state"] != "answered"]


def sources_down(check: EconomicCheck) -> list[str]:
    """The sources that were asked and could not be reached, while the report still waits for them."""
    if check.state != EconomicCheck.State.REQUESTED:
        return []
    return [one["name"] for one in check.sources if one["state"] == "down"]


def _report(check: EconomicCheck, case: Case, on: date, *, note: str) -> None:
    """Writes the report and takes it into the case, whose clocks go on."""
    check.report = _rows(check, case, item_of(case))
    check.digest = _digest(check)
    check.state, check.answered_on = EconomicCheck.State.ANSWERED, on
    check.valid_until = months_after(on, rule_at("check_report_months", on))
    check.save()
    differing = sum(row["differs"] for row in check.report)
    _trace(check, case, "cases.check_answered", {"rows": len(check.report), "differs": differing})
    handling.end_check(case=case, on=on, note=f"{note}；与申报不一致 {differing} 项")


def _rows(check: EconomicCheck, case: Case, item: Item) -> list[dict[str, Any]]:
    """What was told beside what was found, the household first, then person by person."""
    told = told_facts(case, item)
    names = dict(case.authorisations.values_list("person_id", "person_name")) | {
        case.person_id: case.person_name
    }
    rows, seen = [], set()
    for one in check.sources:
        for found in one["rows"]:
            key = (found["person_id"], found["kind"])
            seen.add(key)
            rows.append(_row(key, names, told.get(key), found, one["name"]))
    rows += [_row(key, names, value, None, "") for key, value in told.items() if key not in seen]
    return sorted(rows, key=lambda row: (row["person_id"] is not None, row["person_id"] or 0, row["kind"]))


def _row(
    key: tuple[int | None, str],
    names: dict[int, str],
    told: int | None,
    found: dict[str, Any] | None,
    source: str,
) -> dict[str, Any]:
    person_id, kind = key
    value = found["value"] if found else None
    return {
        "subject": "household" if person_id is None else "person",
        "person_id": person_id,
        "name": "全户" if person_id is None else names.get(person_id, ""),
        "kind": kind,
        "label": (found or {}).get("label") or (catalogue()[kind].label if kind in catalogue() else kind),
        "told": told,
        "told_text": _text(kind, told),
        "found": value,
        "found_text": _text(kind, value),
        "source": source,
        "on": found["observed_on"] if found else "",
        "hash": found["hash"] if found else "",
        # What nobody told, or no source knows, cannot differ; it is shown as it is.
        "differs": told is not None and value is not None and told != value,
    }


def _text(kind: str, value: int | None) -> str:
    if value is None:
        return ""
    known = catalogue().get(kind)
    if known is None:
        return str(value)
    return f"{format_yuan(value)}元" if known.type == "money" else f"{known.show(value)}{known.unit}"


def told_facts(case: Case, item: Item) -> dict[tuple[int | None, str], int]:
    """What the form told, by person (None is the household) and kind of fact; answers taken from the registers too."""
    told: dict[tuple[int | None, str], int] = {}
    for field in item.fields:
        kind = field.fact or (
            field.known_from.removeprefix("fact.") if field.known_from.startswith("fact.") else ""
        )
        value = case.answers.get(field.name, {}).get("value")
        if kind in catalogue() and isinstance(value, int):
            told[(case.person_id if catalogue()[kind].entity == "person" else None, kind)] = int(value)
    return told


def _digest(check: EconomicCheck) -> str:
    """The fingerprint of a report and of who answered it; the same answers give the same."""
    text = json.dumps([check.report, check.sources], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def is_untouched(check: EconomicCheck) -> bool:
    """Whether a report is still the one that its digest was made of."""
    return check.digest == _digest(check)


@transaction.atomic
def object_to_check(*, check: EconomicCheck | int, on: date, words: str) -> EconomicCheck:
    """The applicant says that the report is wrong (核对异议); the case is not examined until it is settled.

    Raises:
        MoveRefused: the report is not the latest, its days to object are over, or the case was decided.
        CaseError: nothing was said.
    """
    found = _check(check)
    case = locked(found.case_id)
    actor = who_acts()
    if actor.kind != RESIDENT:
        require("cases.help")
    if len(words.strip()) < 4:
        raise CaseError("请写明哪一项不对、为什么（至少四个字） / say which value is wrong, and why")
    until = object_until(found)
    if found.state != EconomicCheck.State.ANSWERED or until is None or on > until:
        raise MoveRefused(
            f"核对报告不在异议期内（至 {until}） / the report is not open to objection; it was until {until}"
        )
    if case.state not in (State.ACCEPTED, State.EXAMINED, State.PUBLICISED, State.PROPOSED):
        raise MoveRefused(f"办件 {case.number} 已不在审核中 / case {case.number} is not being examined")
    found.state, found.objection, found.objected_on = EconomicCheck.State.OBJECTED, words.strip(), on
    found.save(update_fields=["state", "objection", "objected_on"])
    add_event(case, "check_objection", on=on, note=words.strip())
    return found


def object_until(check: EconomicCheck) -> date | None:
    """The last day on which the applicant may object; None while there is no report."""
    if check.answered_on is None:
        return None
    days = rule_at("check_objection_workdays", check.answered_on)
    return due_after(check.answered_on, days, in_workdays=True)


@transaction.atomic
def settle_objection(
    *, check: EconomicCheck | int, on: date, outcome: str, again: bool = False
) -> EconomicCheck:
    """Settles an objection (处理核对异议), by an officer other than whoever asked for the check.

    Args:
        again: the check is to be done anew; the case waits for it before it is examined.

    Raises:
        SamePerson: whoever asked for the check cannot settle what is held against it.
        MoveRefused, CaseError, NotYourStep.
    """
    found = _check(check)
    case = locked(found.case_id)
    item = item_of(case)
    _, actor = require_step(case, item, StepKind.CHECK)
    if found.state != EconomicCheck.State.OBJECTED:
        raise MoveRefused("没有待处理的核对异议 / no objection waits to be settled")
    asked_by = (
        Post.objects.filter(pk=found.requested_post_id or 0).values_list("official_id", flat=True).first()
    )
    if actor.official_id is not None and actor.official_id == asked_by:
        raise SamePerson(
            "发起核对的人不能处理对该核对的异议 / whoever asked for the check cannot settle the objection"
        )
    if len(outcome.strip()) < 4:
        raise CaseError("请写明处理意见（至少四个字） / say what was found")
    found.state, found.outcome = EconomicCheck.State.SETTLED, outcome.strip()
    found.settled_on, found.settled_by = on, actor.label
    found.save(update_fields=["state", "outcome", "settled_on", "settled_by"])
    add_event(case, "check_settled", on=on, note=outcome.strip(), detail={"again": again})
    if again:
        handling.check_anew(case=case, on=on, note="异议成立，重新核对")
    return found


def ask_again(*, on: date) -> int:
    """Asks the sources that were down, in every check that waits; returns how many reports came out of it."""
    waiting = EconomicCheck.objects.filter(state=EconomicCheck.State.REQUESTED).order_by("id")
    return each(
        waiting.values_list("pk", flat=True),
        lambda pk: ask_sources(check=pk, on=on).state == EconomicCheck.State.ANSWERED,
    )


def expire_checks(*, on: date) -> int:
    """Ends reports that are too old (报告过期); a case not decided yet needs a new one. Returns how many ended.

    A case that is being published, proposed or corrected is looked at once it comes back from there.
    """
    busy = [State.PUBLICISED, State.PROPOSED, State.CORRECTING]
    old = EconomicCheck.objects.filter(state__in=_STANDING, valid_until__lt=on).exclude(case__state__in=busy)
    return each(old.order_by("id").values_list("pk", flat=True), lambda pk: _expire(pk, on))


def _expire(check_id: int, on: date) -> None:
    check = _check(check_id)
    check.state = EconomicCheck.State.EXPIRED
    check.save(update_fields=["state"])
    case = locked(check.case_id)
    newer = EconomicCheck.objects.filter(case=case, pk__gt=check.pk).exists()
    if case.state in (State.ACCEPTED, State.EXAMINED) and not newer:
        handling.check_anew(case=case, on=on, note=f"核对报告已于 {check.valid_until} 过期")


def latest_check(case: Case) -> EconomicCheck | None:
    """The last check of a case; None where none was asked for."""
    return EconomicCheck.objects.filter(case=case).order_by("-id").first()


def _check(check: EconomicCheck | int, *, lock: bool = True) -> EconomicCheck:
    pk = check if isinstance(check, int) else check.pk
    rows = EconomicCheck.objects.select_for_update() if lock else EconomicCheck.objects.select_related("case")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(f"没有核对 {pk}，或不在可见范围内 / no such check in your sight")
    return found


def _trace(check: EconomicCheck, case: Case, act: str, detail: dict[str, Any]) -> None:
    record(
        act,
        subject=f"case:{case.pk}",
        detail={**detail, "check": check.pk, "authority": check.authority},
        reason=check.purpose,
        person_id=case.person_id,
        division_code=case.deciding_division,
    )
