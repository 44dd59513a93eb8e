"""Key institutions for talent (人才引进重点机构): scored from the register, recognised for a time, taken off for a breach."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from minzheng.domains.eldercare_supervision.levels import LEVELS, UNRATED, credit_levels
from minzheng.domains.eldercare_supervision.models import Grading
from minzheng.domains.eldercare_workforce.errors import WorkforceRefused
from minzheng.domains.eldercare_workforce.models import Recognition
from minzheng.domains.eldercare_workforce.working_rules import rules_on
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.periods import Month
from minzheng.kernel.stays.queries import occupancy


@dataclass(frozen=True, slots=True)
class Condition:
    """One listed condition: `code` (credit, grade, size), what the register says, where it was read, its points."""

    code: str
    read: str
    record: str
    points: int


def conditions_of(facility: Facility, *, on: date) -> list[Condition]:
    """The listed conditions of a facility as its register record has them on a day."""
    rules = rules_on(on)
    level = credit_levels([facility.pk], on=on).get(facility.pk)
    grading = (
        Grading.objects.filter(facility=facility, decided_on__lte=on, until__gte=on)
        .order_by("-decided_on")
        .first()
    )
    beds = sum(one.beds for one in occupancy(on=on, facilities=[facility.pk]))
    return [
        Condition("credit", level or f"{UNRATED}（尚无等级）", "信用评价", points_of_level(level or UNRATED, on=on)),
        Condition(
            "grade", f"{grading.grade} 级" if grading else "未评定",
            f"等级评定 {grading.decided_on}" if grading else "等级评定",
            rules.points_grade[grading.grade - 1] if grading else 0,
        ),
        Condition("size", f"{beds} 张床位", "床位登记", points_of_size(beds, on=on)),
    ]  # fmt: skip


def points_of_level(level: str, *, on: date) -> int:
    return int(rules_on(on).points_credit[LEVELS.index(level)])


def points_of_size(beds: int, *, on: date) -> int:
    """The points of the highest step that so many beds reach.

    >>> [points_of_size(beds, on=date(2022, 8, 1)) for beds in (49, 50, 99, 100, 199, 200)]
    [0, 5, 5, 10, 10, 20]
    """
    rules = rules_on(on)
    return max(
        (points for least, points in zip(rules.size_beds, rules.size_points, strict=True) if beds >= least),
        default=0,
    )


@transaction.atomic
def apply(*, facility: Facility, on: date) -> Recognition:
    """A facility applies; its points are reckoned from the register and kept with what was read (申请认定).

    Raises:
        WorkforceRefused: an application waits, or a recognition is in force.
    """
    require("workforce.edit")
    if Recognition.objects.filter(facility=facility, state="recognised", during__contains=on).exists():
        raise WorkforceRefused("认定仍在有效期内，无须申请 / the recognition is still in force")
    found = conditions_of(facility, on=on)
    try:
        with transaction.atomic():
            made = Recognition.objects.create(
                facility=facility, division_code=facility.division_code, applied_on=on,
                points=sum(one.points for one in found), conditions=[asdict(one) for one in found],
            )  # fmt: skip
    except IntegrityError as fault:
        raise WorkforceRefused("已有申请等待审核 / an application waits already") from fault
    _trace("workforce.apply_recognition", made)
    return made


@transaction.atomic
def decide(*, application: Recognition, on: date, why_not: str = "") -> Recognition:
    """Recognises an institution that reaches the points, or refuses with a reason (认定); scored anew on the day.

    Raises:
        WorkforceRefused: it is not waiting, or the points do not reach the line and no reason refuses it.
    """
    actor = require("workforce.decide")
    found = _locked(application, "filed")
    rules = rules_on(on)
    conditions = conditions_of(found.facility, on=on)
    found.points, found.conditions = (
        sum(one.points for one in conditions),
        [asdict(one) for one in conditions],
    )
    found.decided_on, found.decided_by, found.words = on, actor.label, why_not.strip()
    if why_not.strip():
        found.state = "refused"
    elif found.points < int(rules.recognition_score):
        raise WorkforceRefused(
            f"得分 {found.points} 低于 {int(rules.recognition_score)} 分，不能认定；不予认定的请写明理由 / {found.points} points are "
            f"below {int(rules.recognition_score)}; refuse with a reason"
        )
    else:
        found.state = "recognised"
        found.during = DateRange(on, _months_later(on, int(rules.recognition_months)))
    found.save()
    _trace("workforce.decide_recognition", found)
    return found


def breach_of(facility: Facility, *, on: date) -> str:
    """Why a recognised institution no longer deserves it; empty while it does."""
    conditions = conditions_of(facility, on=on)
    credit, points = conditions[0], sum(one.points for one in conditions)
    if credit.points == 0:
        return f"信用等级降为 {credit.read}"
    least = int(rules_on(on).recognition_score)
    return f"得分降至 {points} 分，低于 {least} 分" if points < least else ""


@transaction.atomic
def take_off(*, recognition: Recognition, because: str, on: date) -> Recognition:
    """Takes an institution off the list before its time, with the reason that is published (移出名单).

    Raises:
        WorkforceRefused: it is not on the list, or the reason is missing.
    """
    require("workforce.decide")
    found = _locked(recognition, "recognised")
    if len(because.strip()) < 4:
        raise WorkforceRefused("请写明移出理由 / taking off needs its reason")
    found.state, found.removed_on, found.words = "removed", on, because.strip()
    # From the very day of recognition there is no shorter range that is not empty.
    found.during = DateRange(found.during.lower, max(on, found.during.lower + timedelta(days=1)))
    found.save(update_fields=["state", "removed_on", "words", "during"])
    _trace("workforce.take_off", found)
    return found


def take_off_breached(*, on: date) -> list[Recognition]:
    """Takes off every institution on the list of the reader's place that is in breach (核查名单)."""
    require("workforce.decide")
    found = []
    for one in listed(on=on):
        because = breach_of(one.facility, on=on)
        if because:
            found.append(take_off(recognition=one, because=because, on=on))
    return found


def listed(*, on: date) -> QuerySet[Recognition]:
    """The published list on a day: recognised and in force, by facility."""
    return (
        Recognition.objects.filter(state="recognised", during__contains=on)
        .select_related("facility")
        .order_by("division_code", "facility__name")
    )


def _months_later(day: date, months: int) -> date:
    later = Month.of(day) + months
    return later.first_day.replace(day=min(day.day, later.last_day.day))


def _locked(recognition: Recognition, state: str) -> Recognition:
    found = (
        Recognition.objects.select_for_update(of=("self",))
        .select_related("facility")
        .filter(pk=recognition.pk)
        .first()
    )
    if found is None or found.state != state:
        raise WorkforceRefused(
            "该申请不在可办理的状态，请刷新后重试 / it is in another state; reload the page"
        )
    return found


def _trace(act: str, row: Recognition) -> None:
    detail: dict[str, Any] = {"facility": row.facility_id, "points": row.points, "state": row.state}
    record(
        act, subject=f"recognition:{row.pk}", division_code=row.division_code, reason=row.words, detail=detail
    )
