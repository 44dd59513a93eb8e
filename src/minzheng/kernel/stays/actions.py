"""Verbs of a stay: reserve, move in, change beds, go to hospital and come back, leave.

The exclusion constraints decide who may lie where; an action only says it in words. Days: a stay's first day is the day one
moves in; the day one leaves, the bed is free again. Whoever came and left on one day keeps the bed for that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, NoReturn

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, Value

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import record
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Absence, Bed, Stay, StayState

# Verb → the states it may start from.
MOVES: dict[str, tuple[str, ...]] = {
    "admit": (StayState.PLANNED,),
    "cancel": (StayState.PLANNED,),
    "move": (StayState.PRESENT, StayState.AWAY),
    "go_away": (StayState.PRESENT,),
    "come_back": (StayState.AWAY,),
    "end": (StayState.PRESENT, StayState.AWAY),
}
ABSENCES = ("hospital", "home", "other")
_SAID = {
    "stays_one_person_in_a_bed": "该床位在这段时间已有人入住或预留，请另选床位 / the bed is taken or reserved in this time; choose another",
    "stays_one_bed_for_a_person": "此人在这段时间已有床位，请先办理离院或取消预留 / the person has a bed in this time; end that stay first",
    "stays_one_bed_at_a_time": "同一房间已有同号床位 / the room has a bed of this label already",
}


@transaction.atomic
def plan_stay(*, person_id: int, bed: Bed, start: date, until: date | None = None) -> Stay:
    """Reserves a bed from a day on (预留床位); `until` is the first day it is free again.

    Raises:
        StayRefused: the bed or the person is taken in this time, or the bed does not fit.
    """
    _require_placing()
    stay = _create(person_id=person_id, bed=bed, during=DateRange(start, until), state=StayState.PLANNED)
    _trace("stays.plan", stay, start=start)
    return stay


@transaction.atomic
def admit(*, person_id: int, bed: Bed, on: date) -> Stay:
    """Moves somebody in at once, without an earlier reservation (办理入住).

    Raises:
        StayRefused: as for `plan_stay`.
    """
    require("stays.admit")
    stay = _create(person_id=person_id, bed=bed, during=DateRange(on, None), state=StayState.PRESENT)
    _trace("stays.admit", stay, on=on)
    return stay


@transaction.atomic
def admit_planned(*, stay: Stay, on: date) -> Stay:
    """Moves in whoever has a reservation (凭预留入住); the stay begins on the day itself."""
    require("stays.admit")
    stay = _locked(stay, "admit")
    if stay.during.upper is not None and on >= stay.during.upper:
        raise StayRefused(
            f"预留已于 {stay.during.upper} 到期，请重新预留 / the reservation ended on {stay.during.upper}; reserve again"
        )
    stay.during, stay.state = DateRange(on, None), StayState.PRESENT
    _save(stay)
    _trace("stays.admit", stay, on=on)
    return stay


@transaction.atomic
def cancel_stay(*, stay: Stay, because: str) -> Stay:
    """Gives a reserved bed back (取消预留)."""
    _require_placing()
    stay = _locked(stay, "cancel")
    stay.state, stay.ended_because = StayState.CANCELLED, because
    _save(stay)
    _trace("stays.cancel", stay, because=because)
    return stay


@transaction.atomic
def move_stay(*, stay: Stay, bed: Bed, on: date, because: str = "moved") -> Stay:
    """Ends the stay and begins the next in another bed on the same day (换床、转院); returns the new stay.

    The other bed may be in another facility, for which the post must be responsible too. Whoever was away stays away.

    Raises:
        StayRefused: the bed is taken, is the same one, or does not fit; nothing is changed then.
    """
    _require_placing()
    stay = _locked(stay, "move")
    if bed.pk == stay.bed_id:
        raise StayRefused("换入的床位就是现在的床位，请另选 / this is the bed they are in; choose another")
    _not_before(stay, on)
    was = stay.state
    if on == stay.during.lower:
        # A stay of no day cannot be kept; the row stays as it was meant.
        stay.state, stay.ended_because = StayState.CANCELLED, because
    else:
        stay.during, stay.state, stay.ended_because = (
            DateRange(stay.during.lower, on),
            StayState.ENDED,
            because,
        )
    _save(stay)
    absence = _close_absence(stay, on)
    moved = _create(
        person_id=stay.person_id, bed=bed, during=DateRange(on, None), state=was, follows_id=stay.pk
    )
    if was == StayState.AWAY:
        _open_absence(moved, on, absence.because if absence else "other")
    _trace("stays.move", moved, on=on, was=stay.pk, because=because)
    return moved


@transaction.atomic
def go_away(*, stay: Stay, on: date, because: str = "hospital") -> Stay:
    """The resident leaves for a time and the bed is kept (住院、请假外出); `because` is one of `ABSENCES`."""
    require("stays.admit")
    if because not in ABSENCES:
        raise StayRefused(f"外出事由须为 {'、'.join(ABSENCES)} / an absence is one of {', '.join(ABSENCES)}")
    stay = _locked(stay, "go_away")
    _not_before(stay, on)
    stay.state = StayState.AWAY
    _save(stay)
    _open_absence(stay, on, because)
    _trace("stays.go_away", stay, on=on, because=because)
    return stay


@transaction.atomic
def come_back(*, stay: Stay, on: date) -> Stay:
    """The resident is back in their bed (返院)."""
    require("stays.admit")
    stay = _locked(stay, "come_back")
    away = Absence.objects.filter(stay=stay, during__endswith__isnull=True).first()
    if away is not None and on < away.during.lower:
        raise StayRefused(
            f"返院日期 {on} 早于离开日期 {away.during.lower} / back on {on}, before leaving on {away.during.lower}"
        )
    stay.state = StayState.PRESENT
    _save(stay)
    _close_absence(stay, on)
    _trace("stays.come_back", stay, on=on)
    return stay


@transaction.atomic
def end_stay(*, stay: Stay, on: date, because: str = "left") -> Stay:
    """The resident leaves for good and the bed is free from `on` (离院); a death counts through its own day.

    Args:
        because: left, deceased, closed, or a word of the domain's own.
    """
    require("stays.admit")
    stay = _locked(stay, "end")
    _not_before(stay, on)
    day_after = (
        on + timedelta(days=1) if because == "deceased" else max(on, stay.during.lower + timedelta(days=1))
    )
    stay.during = DateRange(stay.during.lower, min(day_after, stay.during.upper or date.max))
    stay.state, stay.ended_because = StayState.ENDED, because
    _save(stay)
    _close_absence(stay, day_after)
    _trace("stays.end", stay, on=on, because=because)
    return stay


_DEATHS = """
    SELECT s.id, s.facility_id, s.division_code, s.person_id, p.death_date
    FROM stays_stay s JOIN people_person p ON p.id = s.person_id
    WHERE s.state IN ('planned', 'present', 'away') AND p.death_date IS NOT NULL FOR UPDATE OF s
"""


@transaction.atomic
def follow_deaths() -> list[int]:
    """Ends the stays of everybody whose death is recorded; a reservation is cancelled (死亡后腾退床位).

    Set-based and repeatable: a second run finds nothing. Returns the stays it ended.
    """
    require("stays.admit")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH dead AS ({_DEATHS}), absent AS (
              UPDATE stays_absence a
              SET during = daterange(lower(a.during), greatest(lower(a.during), d.death_date) + 1)
              FROM dead d WHERE a.stay_id = d.id AND upper_inf(a.during))
            UPDATE stays_stay s
            SET state = CASE WHEN s.state = 'planned' OR lower(s.during) > d.death_date
                             THEN 'cancelled' ELSE 'ended' END,
                during = CASE WHEN s.state = 'planned' OR lower(s.during) > d.death_date THEN s.during
                              ELSE s.during * daterange(NULL, d.death_date + 1) END,
                ended_because = 'deceased'
            FROM dead d WHERE s.id = d.id RETURNING s.id
            """
        )
        ended = sorted(row[0] for row in cursor.fetchall())
    if ended:
        record("stays.follow_deaths", subject=f"stays:{len(ended)}", detail={"stays": ended[:500]})
    return ended


@transaction.atomic
def admit_many(rows: Iterable[tuple[int, int, date] | tuple[int, int, date, date | None]]) -> int:
    """Takes over a home's register (批量登记): (person, bed, first day) or with the day the bed was free again.

    One statement and one entry in the trace; one conflict refuses all of them.
    """
    require("stays.admit")
    made = []
    for person, bed, first, *rest in rows:
        until = rest[0] if rest else None
        made.append(
            # The database fills in the bed's facility and place.
            Stay(
                person_id=person,
                bed_id=bed,
                facility_id=0,
                division_code="",
                during=DateRange(first, until),
                state=StayState.ENDED if until else StayState.PRESENT,
                ended_because="left" if until else "",
            )
        )
    _refused(lambda: Stay.objects.bulk_create(made, batch_size=2000))
    record("stays.admit_many", subject=f"stays:{len(made)}", detail={"count": len(made)})
    return len(made)


def _require_placing() -> None:
    """A home places its own; a district or the city allocates."""
    if not may("stays.allocate"):
        require("stays.admit")


def _locked(stay: Stay, verb: str) -> Stay:
    found = Stay.objects.select_for_update(of=("self",)).select_related("bed").filter(pk=stay.pk).first()
    if found is None:
        raise StayRefused("没有这条入住记录，或不在您的管理范围 / no such stay, or not in your charge")
    if found.state not in MOVES[verb]:
        raise StayRefused(
            f"入住状态为“{found.get_state_display()}”，不能办理此项，请刷新后重试 / "
            f"the stay is {found.state}; reload the page and try again"
        )
    return found


def _not_before(stay: Stay, on: date) -> None:
    if on < stay.during.lower:
        raise StayRefused(
            f"日期 {on} 早于入住日期 {stay.during.lower}，请核对 / {on} is before the first day {stay.during.lower}"
        )
    if stay.during.upper is not None and on > stay.during.upper:
        raise StayRefused(
            f"日期 {on} 晚于约定离院日期 {stay.during.upper}，请核对 / {on} is after the last day {stay.during.upper}"
        )
    away = Absence.objects.filter(stay=stay, during__endswith__isnull=True).first()
    if away is not None and on < away.during.lower:
        raise StayRefused(
            f"日期 {on} 早于外出日期 {away.during.lower}，请核对 / {on} is before they left on {away.during.lower}"
        )


def _create(*, bed: Bed, **values: Any) -> Stay:
    stay = Stay(bed=bed, facility_id=bed.facility_id, division_code=bed.division_code, **values)
    _save(stay)
    return stay


def _save(stay: Stay) -> None:
    _refused(stay.save)


def _refused(write: Callable[[], Any]) -> None:
    """Runs a write; what the database refuses becomes words."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError as fault:
        _say(fault)


def _say(fault: IntegrityError) -> NoReturn:
    told = getattr(fault.__cause__, "diag", None)
    words = _SAID.get(getattr(told, "constraint_name", None) or "") or getattr(told, "message_primary", "")
    if not words or " / " not in words:
        raise fault
    raise StayRefused(words) from fault


def _open_absence(stay: Stay, on: date, because: str) -> None:
    # Out again on the day one came back is the same absence.
    if Absence.objects.filter(stay=stay, during__contains=on).update(during=_since(F("during"))):
        return
    _refused(
        lambda: Absence.objects.create(
            stay=stay, facility_id=stay.facility_id, division_code=stay.division_code, person_id=stay.person_id,
            during=DateRange(on, None), because=because,
        )
    )  # fmt: skip


def _since(during: Any) -> Func:
    return Func(Func(during, function="lower"), Value(None), function="daterange")


def _close_absence(stay: Stay, on: date) -> Absence | None:
    away = Absence.objects.filter(stay=stay, during__endswith__isnull=True).first()
    if away is not None:
        # Out and back on one day is a day away.
        away.during = DateRange(away.during.lower, max(on, away.during.lower + timedelta(days=1)))
        away.save(update_fields=["during"])
    return away


def _trace(act: str, stay: Stay, **detail: Any) -> None:
    record(
        act,
        subject=f"stays.stay:{stay.pk}",
        person_id=stay.person_id,
        division_code=stay.division_code,
        detail={"facility": stay.facility_id, "bed": stay.bed_id, **detail},
    )
