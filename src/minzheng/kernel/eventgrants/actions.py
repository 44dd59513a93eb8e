"""The verbs of a grant by event: propose, approve, add late, withdraw, pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.awards.one_month import grant_for_month
from minzheng.kernel.awards.staging import Query
from minzheng.kernel.eventgrants.errors import EmptyList, ListChanged, NotReady, SameOfficer
from minzheng.kernel.eventgrants.models import Activation, cutoff_of
from minzheng.kernel.eventgrants.striking import strike_off, to_grant
from minzheng.kernel.payments.actions import draft_orders, prepare_batch
from minzheng.kernel.payments.models import Batch
from minzheng.kernel.payments.schedule import Schedule
from minzheng.kernel.periods import Month

CITY = "310000"


@dataclass(frozen=True, slots=True)
class Event:
    """What a domain says of an event of a month.

    `entitled` is a query of person_id, amount_fen, ground, rank: who was entitled in the month, by which ground; of
    several grounds of one person the lowest rank counts. `evidence` is kept as it stands, with its papers; `cutoff_on` in
    it (ISO) is the day on which one must have been entitled, where that is not the month's first.
    """

    programme: str
    benefit: str
    month: Month
    entitled: Query
    evidence: dict[str, Any]
    pay_days: int

    @property
    def cutoff_on(self) -> date:
        """Whoever died before this day (认定截止日) is on no list."""
        return cutoff_of(self.evidence, self.month.first_day)


# Each living person once. Whoever died before the day that counts, and what was merged into another record, is on no list.
_LISTED = """
    SELECT DISTINCT ON (e.person_id) e.person_id, e.amount_fen, e.ground, p.division_code
    FROM ({query}) AS e (person_id, amount_fen, ground, rank)
    JOIN people_person p ON p.id = e.person_id AND p.merged_into_id IS NULL
    WHERE (p.death_date IS NULL OR p.death_date >= %s) AND e.amount_fen > 0
    ORDER BY e.person_id, e.rank
"""

_DIGEST = """
    SELECT count(*), coalesce(sum(amount_fen), 0)::bigint,
      encode(sha256(convert_to(coalesce(string_agg(person_id || '|' || amount_fen || '|' || ground, E'\\n'
        ORDER BY person_id), ''), 'UTF8')), 'hex')
    FROM {rows}
"""


def _collect(event: Event) -> None:
    """Puts who was entitled, as the registers say now, into the temporary table `eventgrants_listed`."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS eventgrants_listed")
        cursor.execute(
            f"CREATE TEMPORARY TABLE eventgrants_listed ON COMMIT DROP AS {_LISTED.format(query=event.entitled.sql)}",
            [*event.entitled.parameters, event.cutoff_on],
        )


def _add_entries(activation: Activation, *, on: date, is_late: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO eventgrants_entry (activation_id, person_id, programme, division_code, ground, amount_fen,
                 is_late, listed_on)
               SELECT %s, person_id, %s, division_code, ground, amount_fen, %s, %s FROM eventgrants_listed
               ORDER BY division_code, person_id ON CONFLICT (activation_id, person_id) DO NOTHING""",
            [activation.pk, activation.programme, is_late, on],
        )
        return cursor.rowcount


@transaction.atomic
def propose(*, event: Event, on: date) -> Activation:
    """Proposes to start a mechanism for a month (提出启动), and freezes the list of who was entitled in it.

    Asked again for the same month, it returns the activation that is there with its list as it was.

    Raises:
        NotPermitted: the acting post does not carry `grants.propose`, or is not one for the whole city.
        EmptyList: nobody was entitled.
    """
    actor = require("grants.propose", domain=event.programme)
    if actor.division_code != CITY:
        raise NotReady(
            "启动须由市级岗位提出 / only a post for the whole city may propose: its list is the city's"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7410, hashtext(%s))", [f"{event.benefit}{event.month}"])
    found = _open_one(event.benefit, event.month)
    if found is not None:
        return found
    _collect(event)
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST.format(rows="eventgrants_listed"))
        count, fen, digest = cursor.fetchone()
    if not count:
        raise EmptyList(
            f"{event.month.chinese}名单为空：请核对当月待遇是否已入库 / nobody was entitled in {event.month}: "
            "look whether that month's awards are on record"
        )
    activation = Activation.objects.create(
        programme=event.programme,
        benefit=event.benefit,
        month=event.month.first_day,
        division_code=CITY,
        evidence=event.evidence,
        pay_days=event.pay_days,
        list_count=count,
        list_fen=fen,
        list_sha256=digest,
        proposed_by_id=actor.official,
        proposed_on=on,
    )
    _add_entries(activation, on=on, is_late=False)
    _trace("grants.propose", activation)
    return activation


def _open_one(benefit: str, month: Month) -> Activation | None:
    return (
        Activation.objects.filter(benefit=benefit, month=month.first_day)
        .exclude(state=Activation.State.WITHDRAWN)
        .first()
    )


def lock_activation(activation_id: int) -> Activation:
    """The activation, locked to the end of the transaction; NotReady where the acting post sees none."""
    try:
        return Activation.objects.select_for_update().get(pk=activation_id)
    except Activation.DoesNotExist:
        raise NotReady(
            f"没有启动记录 {activation_id}，或不在您的管辖范围内 / no activation {activation_id} within your scope"
        ) from None


@transaction.atomic
def approve(*, activation_id: int, on: date) -> Activation:
    """Approves an activation proposed by somebody else (审批启动): each person on the list gets an award of the month.

    Whoever died before the day that counts, or is one with somebody else on the list after all mergers, is struck off with
    the reason; of other merged records the survivor is paid. Approving again changes nothing.

    Raises:
        SameOfficer: the acting official proposed it.
        ListChanged: the entries are not those that were frozen.
        NotReady: it was withdrawn.
    """
    activation = lock_activation(activation_id)
    actor = require("grants.approve", domain=activation.programme)
    if activation.state == Activation.State.APPROVED:
        return activation
    if activation.state != Activation.State.PROPOSED:
        raise NotReady(f"启动记录 {activation} 已撤回 / the activation was withdrawn")
    if activation.proposed_by_id == actor.official_id:
        raise SameOfficer(f"{activation} 由您提出，须由另一人审批 / you proposed it: another must approve it")
    _check_list(activation)
    activation.state = Activation.State.APPROVED
    activation.approved_by_id, activation.approved_on = actor.official_id, on
    activation.pay_by = on + timedelta(days=activation.pay_days)
    activation.save(update_fields=["state", "approved_by", "approved_on", "pay_by"])
    granted = _open_awards(activation, on)
    _trace("grants.approve", activation, granted=granted)
    return activation


def _check_list(activation: Activation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _DIGEST.format(rows="eventgrants_entry WHERE activation_id = %s AND NOT is_late"), [activation.pk]
        )
        if cursor.fetchone() != (activation.list_count, activation.list_fen, activation.list_sha256):
            raise ListChanged(
                f"{activation} 的名单与冻结时不符，请撤回后重新提出 / the list is not the one that was frozen: "
                "withdraw it and propose anew"
            )


def _open_awards(activation: Activation, on: date) -> int:
    strike_off(activation, on)
    return grant_for_month(
        rows=to_grant(activation),
        programme=activation.programme,
        benefit=activation.benefit,
        month=Month.of(activation.month),
        reason="event",
        permission="grants.approve",
        on=on,
    )


@transaction.atomic
def add_late(*, activation_id: int, event: Event, on: date) -> int:
    """Adds whom the registers now say was entitled in the month and was not on the list (补列); returns how many.

    Only what we learnt later about the month itself adds anybody; who joined after the month does not come in. The
    official who proposed the activation cannot add to it: additions are approved by doing them.

    Raises:
        NotReady: the activation is not approved, or is of another event.
    """
    activation = lock_activation(activation_id)
    actor = require("grants.approve", domain=activation.programme)
    if activation.state != Activation.State.APPROVED or (event.benefit, event.month.first_day) != (
        activation.benefit,
        activation.month,
    ):
        raise NotReady(f"{activation} 尚未启动，不能补列 / only an approved activation takes late additions")
    if activation.proposed_by_id == actor.official_id:
        raise SameOfficer(f"{activation} 由您提出，须由另一人补列 / you proposed it: another must add to it")
    _collect(event)
    added = _add_entries(activation, on=on, is_late=True)
    _open_awards(activation, on)
    _trace("grants.add_late", activation, added=added)
    return added


@transaction.atomic
def withdraw(*, activation_id: int, reason: str, on: date) -> Activation:
    """Takes back a proposal that was not approved (撤回启动); the month may then be proposed anew.

    Raises:
        NotReady: it was approved: awards are then corrected one by one.
    """
    activation = lock_activation(activation_id)
    require("grants.propose", domain=activation.programme)
    if activation.state != Activation.State.PROPOSED:
        raise NotReady(f"{activation} 已启动或已撤回，不能撤回 / only a proposal that waits can be withdrawn")
    activation.state = Activation.State.WITHDRAWN
    activation.save(update_fields=["state"])
    _trace("grants.withdraw", activation, reason=reason)
    return activation


def pay(*, activation_id: int, schedules: Sequence[Schedule], month: Month, on: date) -> Batch:
    """Drafts what is due and puts it into a batch (生成发放批次), in an accounting month that is open.

    From here on the money takes the way of every payment: another official approves the batch.

    Raises:
        NotReady: the activation is not approved.
        NothingToPay: everything was paid, or is held.
    """
    with transaction.atomic():
        activation = lock_activation(activation_id)
        if activation.state != Activation.State.APPROVED:
            raise NotReady(f"{activation} 尚未启动，不能发放 / not approved: nothing is due yet")
        draft_orders(month=month, benefits=schedules, on=on)
        return prepare_batch(programme=activation.programme, month=month, on=on)


def _trace(act: str, activation: Activation, *, reason: str = "", **more: int) -> None:
    audit.record(
        act,
        subject=f"grants.activation:{activation.pk}",
        detail={
            "benefit": activation.benefit,
            "month": str(Month.of(activation.month)),
            "list": activation.list_count,
            "list_fen": activation.list_fen,
            "list_sha256": activation.list_sha256,
            **more,
        },
        reason=reason,
    )
