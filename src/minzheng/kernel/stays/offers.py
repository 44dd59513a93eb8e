"""Verbs of offers: a free bed goes to the first person it fits, until a day; an answer or silence, and what follows (配位).

One lock orders whoever shares out; the database keeps a bed from two offers. An answer is written first and carried out
after: killed in between, the bed stays reserved and the next run of `follow_up` goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from minzheng.kernel.access import NotPermitted, current_actor, require
from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.audit import record
from minzheng.kernel.stays.actions import move_stay, plan_stay
from minzheng.kernel.stays.allocation import EITHER, Place, Unit, Waiter, allocate, beds_for
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Bed, Stay
from minzheng.kernel.stays.models_waiting import Choice, Offer, OfferState, Waiting, WaitingState
from minzheng.kernel.stays.waiting import rules_on


@dataclass(frozen=True, slots=True)
class Shares:
    """A result of sharing out, before anything is written: (waiting, bed, choice from 1) in the queue's order."""

    waiters: list[Waiter]
    results: list[Place | None]
    lines: list[tuple[int, int, int]]
    beds: int


_FREE = """
    SELECT b.id, b.facility_id, b.kind, coalesce(b.sex, 0), left(h.division_code, 6), h.own_district_first
    FROM stays_bed b JOIN stays_poolhome h ON h.facility_id = b.facility_id AND h.during @> %(on)s
    WHERE b.during @> %(on)s AND b.kind <> 'market' AND (%(homes)s::bigint[] IS NULL OR b.facility_id = ANY(%(homes)s))
      AND b.division_code >= %(low)s AND b.division_code < %(high)s
      AND NOT EXISTS (SELECT 1 FROM stays_stay s WHERE s.bed_id = b.id AND s.state <> 'cancelled'
                      AND (upper_inf(s.during) OR upper(s.during) > %(on)s))
      AND NOT EXISTS (SELECT 1 FROM stays_offer o WHERE o.bed_id = b.id
                      AND (o.state = 'open' OR (o.state = 'accepted' AND o.stay_id IS NULL)))
    ORDER BY b.id
"""
_QUEUE = """
    SELECT w.id, w.rank, w.grade, w.since, w.sex, w.kind, left(w.division_code, 6), w.goes_before_all,
      (SELECT array_agg(c.facility_id ORDER BY c.rank) FROM stays_choice c WHERE c.waiting_id = w.id)
    FROM stays_waiting w
    WHERE w.state = 'waiting' AND w.division_code >= %(low)s AND w.division_code < %(high)s
      AND (w.paused_until IS NULL OR w.paused_until <= %(on)s)
      AND NOT (w.id = ANY(%(except)s))
      AND (NOT %(moved)s OR w.goes_before_all)
"""


def share_out(
    *,
    on: date,
    scope: tuple[str, str] = ("", "~"),
    homes: Sequence[int] | None = None,
    moved_only: bool = False,
    beside: Iterable[tuple[int, int]] = (),
) -> Shares:
    """Who would get which of the free beds (分配测算); reads under the reader's rights and writes nothing.

    Args:
        scope: the range of divisions whose homes and people take part.
        moved_only: for those alone who lost a bed.
        beside: (bed, waiting) pairs that must not come together again: who has just declined this bed.
    """
    values: dict[str, Any] = {
        "on": on, "low": scope[0], "high": scope[1], "homes": list(homes) if homes is not None else None,
        "moved": moved_only, "except": sorted({waiting for _, waiting in beside}),
    }  # fmt: skip
    units: dict[Unit, list[int]] = defaultdict(list)
    own: dict[int, str] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FREE, values)
        for bed, home, kind, sex, district, first in cursor.fetchall():
            units[home, kind, sex].append(bed)
            if first:
                own[home] = district
        cursor.execute(_QUEUE, values)
        rows = cursor.fetchall()
    waiters = [
        Waiter(number, rank, grade, since, sex, kind, tuple(chosen or ()), district, before_all)
        for number, rank, grade, since, sex, kind, district, before_all, chosen in rows
    ]
    results = allocate(waiters, {unit: len(beds) for unit, beds in units.items()}, own)
    given = beds_for(waiters, results, units)
    chosen_at = {w.number: p.choice + 1 for w, p in zip(waiters, results, strict=True) if p is not None}
    lines = [(number, bed, chosen_at[number]) for number, bed in given.items()]
    return Shares(waiters, results, lines, sum(map(len, units.values())))


@transaction.atomic
def offer_free_beds(
    *,
    on: date,
    homes: Sequence[int] | None = None,
    moved_only: bool = False,
    beside: Iterable[tuple[int, int]] = (),
) -> list[Offer]:
    """Offers each free bed of the pool to the first person it fits (空床配位), with the last day to answer.

    Run as the service, which sees the whole queue. Repeating it at once offers nothing: taken and offered beds are not
    free. Writes who was passed over for each bed and why.
    """
    require("stays.allocate")
    lock_sharing()
    shares = share_out(on=on, homes=homes, moved_only=moved_only, beside=beside)
    return make_offers(shares.lines, on=on)


def lock_sharing() -> None:
    """One at a time shares out, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stays share out', 0))")


def make_offers(lines: Sequence[tuple[int, int, int]], *, on: date, run_id: int | None = None) -> list[Offer]:
    """Writes offers for (waiting, bed, choice) lines; the caller holds the lock."""
    waiting = Waiting.objects.in_bulk([line[0] for line in lines])
    beds = Bed.objects.in_bulk([line[1] for line in lines])
    reply_by = on + timedelta(days=int(rules_on(on).reply_days))
    made = Offer.objects.bulk_create(
        [
            Offer(
                waiting=(w := waiting[number]), person_id=w.person_id, person_division_code=w.division_code,
                bed=(b := beds[bed]), facility_id=b.facility_id, division_code=b.division_code,
                class_code=w.class_code, rank=w.rank, grade=w.grade, since=w.since, goes_before_all=w.goes_before_all,
                choice=choice, offered_on=on, reply_by=reply_by, run_id=run_id,
            )
            for number, bed, choice in lines
        ],
        batch_size=2000,
    )  # fmt: skip
    Waiting.objects.filter(pk__in=[line[0] for line in lines]).update(state=WaitingState.OFFERED)
    passed = _write_passings([offer.pk for offer in made], on)
    if made:
        record("stays.offer", detail={"offers": len(made), "passed_over": passed, "on": on, "run": run_id})
    return made


# Whoever chose the home, waits for the same kind and stands before the receiver, with the reason why the bed is not theirs.
_PASSED = """
    INSERT INTO stays_passing (bed_id, facility_id, division_code, offer_id, waiting_id, person_id, person_division_code,
                               "on", reason)
    SELECT f.bed_id, f.facility_id, f.division_code, f.id, w.id, w.person_id, w.division_code, %(on)s,
      CASE WHEN b.sex IS NOT NULL AND b.sex <> w.sex THEN 'sex'
           WHEN theirs.id IS NOT NULL THEN 'better'
           WHEN w.state = 'offered' THEN 'offered' WHEN w.state = 'placed' THEN 'placed'
           WHEN w.paused_until > %(on)s THEN 'paused' ELSE 'refused' END
    FROM stays_offer f JOIN stays_bed b ON b.id = f.bed_id
    JOIN stays_poolhome h ON h.facility_id = f.facility_id AND h.during @> %(on)s
    JOIN stays_choice c ON c.facility_id = f.facility_id
    JOIN stays_waiting w ON w.id = c.waiting_id AND w.id <> f.waiting_id AND w.kind = b.kind
      AND w.state IN ('waiting', 'offered', 'placed')
    LEFT JOIN stays_offer theirs ON theirs.waiting_id = w.id AND theirs.id = ANY(%(ids)s)
    WHERE f.id = ANY(%(ids)s)
      AND (%(few)s OR theirs.id IS NULL)
      AND (NOT w.goes_before_all, (NOT w.goes_before_all AND h.own_district_first
             AND left(w.division_code, 6) <> left(h.division_code, 6)), w.rank, -w.grade, w.since, w.id)
        < (NOT f.goes_before_all, (NOT f.goes_before_all AND h.own_district_first
             AND left(f.person_division_code, 6) <> left(h.division_code, 6)), f.rank, -f.grade, f.since, f.waiting_id)
"""
#: Up to so many offers at once the log also names those who got a better choice in the same hour; a run's result does.
_FEW = 200


def _write_passings(ids: list[int], on: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_PASSED, {"on": on, "ids": ids, "few": len(ids) <= _FEW})
        return cursor.rowcount


@transaction.atomic
def reply(*, offer: Offer | int, accepts: bool, on: date) -> Offer:
    """Accepts or declines an offered bed (答复配位); the same answer twice changes nothing.

    Raises:
        StayRefused: the last day has passed, the offer was taken back, or the other answer was given before.
        NotPermitted: a resident would answer for somebody else.
    """
    number = offer if isinstance(offer, int) else offer.pk
    found = Offer.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise StayRefused("没有这个配位，或不在您的管理范围 / no such offer, or not in your charge")
    actor = current_actor()
    if actor is not None and actor.kind == RESIDENT:
        if actor.person_id != found.person_id:
            raise NotPermitted("只能答复本人的配位。You can answer your own offer only.")
    else:
        require("assessments.request")
    wanted = OfferState.ACCEPTED if accepts else OfferState.REFUSED
    if found.state == wanted:
        return found
    if found.state != OfferState.OPEN:
        raise StayRefused(
            f"该配位{found.get_state_display()}，不能再答复 / the offer is {found.state} and cannot be answered any more"
        )
    if on > found.reply_by:
        raise StayRefused(
            f"答复期限为 {found.reply_by}，已过期 / the last day to answer was {found.reply_by}"
        )
    found.state, found.replied_on = wanted, on
    found.save(update_fields=["state", "replied_on"])
    record(
        "stays.reply", subject=f"stays.offer:{found.pk}", person_id=found.person_id,
        division_code=found.person_division_code, detail={"answer": wanted, "on": on},
    )  # fmt: skip
    return found


@transaction.atomic
def follow_up(*, offer: Offer | int, on: date) -> Offer:
    """Does what follows from an answer or from silence (落实配位), once however often it runs.

    Accepted: the bed is reserved for the person. Declined or silent: the consequence by the rules in force, and the bed
    goes to the next. Run as the service.
    """
    require("stays.allocate")
    lock_sharing()
    number = offer if isinstance(offer, int) else offer.pk
    found = Offer.objects.select_for_update(of=("self",)).select_related("waiting", "bed").get(pk=number)
    if found.followed_on is not None or found.state == OfferState.OPEN:
        return found
    if found.state == OfferState.ACCEPTED:
        found.stay = _reserve(found, on)
        if found.stay is None:
            found.state = OfferState.WITHDRAWN
    found.followed_on = on
    found.save(update_fields=["state", "stay", "followed_on"])
    if found.state in (OfferState.REFUSED, OfferState.EXPIRED):
        _consequence(found, on)
    if found.stay is None:
        # Whoever has just let this bed go is not asked about the next one in the same breath.
        offer_free_beds(on=on, homes=[found.facility_id], beside=[(found.bed_id, found.waiting_id)])
    return found


def _reserve(offer: Offer, on: date) -> Stay | None:
    """The planned stay; None where the bed was taken meanwhile, and the person goes back to their place."""
    waiting = offer.waiting
    if waiting.state != WaitingState.OFFERED:
        return None
    current = Stay.objects.filter(person_id=offer.person_id, state__in=["present", "away"]).first()
    try:
        if current is not None:
            # Whoever lies in a bed already moves at once; the arrival ends their waiting.
            return move_stay(stay=current, bed=offer.bed, on=on, because="offer")
        stay = plan_stay(person_id=offer.person_id, bed=offer.bed, start=on)
    except StayRefused:
        waiting.state = WaitingState.WAITING
        waiting.save(update_fields=["state"])
        return None
    waiting.state = WaitingState.PLACED
    waiting.save(update_fields=["state"])
    return stay


def _consequence(offer: Offer, on: date) -> None:
    """A pause after each let-go offer, and the end of waiting after the last one allowed."""
    waiting, rules = offer.waiting, rules_on(on)
    if waiting.state != WaitingState.OFFERED:
        return
    waiting.refusals += 1
    if waiting.refusals >= int(rules.refusals_allowed):
        waiting.state, waiting.ended_on, waiting.ended_because = WaitingState.REMOVED, on, "refusals"
    else:
        waiting.state = WaitingState.WAITING
        waiting.paused_until = on + timedelta(days=int(rules.pause_days))
    waiting.save(update_fields=["refusals", "state", "paused_until", "ended_on", "ended_because"])
    record(
        "stays.let_go", subject=f"stays.waiting:{waiting.pk}", person_id=waiting.person_id,
        division_code=waiting.division_code,
        detail={"offer": offer.pk, "because": offer.state, "times": waiting.refusals, "paused_until": waiting.paused_until},
    )  # fmt: skip


@transaction.atomic
def expire_offers(*, on: date) -> list[int]:
    """Offers whose last day has passed without an answer (逾期配位); returns them, to be followed up."""
    require("stays.allocate")
    late = list(
        Offer.objects.select_for_update(of=("self",))
        .filter(state=OfferState.OPEN, reply_by__lt=on)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    Offer.objects.filter(pk__in=late).update(state=OfferState.EXPIRED, replied_on=on)
    if late:
        record("stays.expire", detail={"offers": late[:500], "count": len(late)})
    return late


def unfollowed() -> list[int]:
    """Answered offers whose consequences a killed job left behind, the oldest first."""
    answered = Q(state__in=[OfferState.ACCEPTED, OfferState.REFUSED, OfferState.EXPIRED])
    return list(Offer.objects.filter(answered, followed_on=None).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def give_back_cancelled(*, on: date) -> int:
    """Whoever's reservation was cancelled by the home waits again in their old place (预留取消后恢复轮候)."""
    require("stays.allocate")
    lost = Waiting.objects.filter(state=WaitingState.PLACED, offers__stay__state="cancelled").exclude(
        offers__in=Offer.objects.filter(stay__state__in=["planned", "present", "away"])
    )
    return Waiting.objects.filter(pk__in=list(lost.values_list("pk", flat=True))).update(
        state=WaitingState.WAITING
    )


def choices_of(waiting: Waiting) -> list[Choice]:
    """A person's homes in their order."""
    return list(Choice.objects.filter(waiting=waiting).select_related("facility").order_by("rank"))


__all__ = [
    "EITHER", "Shares", "choices_of", "expire_offers", "follow_up", "give_back_cancelled", "make_offers", "offer_free_beds",
    "reply", "share_out", "unfollowed",
]  # fmt: skip
