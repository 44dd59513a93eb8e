"""The review queue: what a person decides about a row, and what happens then."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from minzheng.kernel.access import current_actor, require
from minzheng.kernel.audit import recording
from minzheng.kernel.sources.feeds.catalogue import feed_of
from minzheng.kernel.sources.messages import explain
from minzheng.kernel.sources.models import FeedFile, FeedRow, ReviewItem
from minzheng.kernel.sources.processing import context_of, count_outcomes, load_rows, read_cells, save_rows
from minzheng.kernel.sources.rows import REFUSED, REVIEW, Row

ACTIONS = ("new", "link", "accept", "refuse")
# What may settle by itself once the person or household has come into the register.
_RETRIED = ("not_registered", "dead_not_registered", "household_unknown")
_SHORTEST_REASON = 4


class CannotDecide(ValueError):
    """The decision cannot be carried out; the message says why and what would help."""


@transaction.atomic
def decide_review(
    *,
    item_id: int,
    action: str,
    reason: str,
    person_id: int | None = None,
    values: dict[str, Any] | None = None,
) -> FeedRow:
    """Carries out what a person decided about a row (核处): one row, one trace.

    Args:
        action: `link` it to the person `person_id`; enter it as a `new` person; `accept` it as it stands; `refuse` it.
        values: cells to read instead of those sent, such as `{"wage": "7668"}`.

    Raises:
        CannotDecide: decided already, no reason, or the row is still in conflict.
    """
    require("sources.review")
    if action not in ACTIONS:
        raise CannotDecide(f"不认识的处理方式 {action}，应为 {'、'.join(ACTIONS)} / unknown action")
    if len(reason.strip()) < _SHORTEST_REASON:
        raise CannotDecide("请写明理由（至少四个字） / give a reason of at least four characters")
    item = ReviewItem.objects.select_for_update().select_related("row__file").filter(pk=item_id).first()
    if item is None:
        raise CannotDecide(f"没有待核处 {item_id}，或不在本岗位范围内 / not found in your scope")
    if item.state != ReviewItem.State.OPEN:
        raise CannotDecide(f"已于 {item.decided_at:%Y-%m-%d} 由 {item.decided_by} 处理 / decided already")
    if action == "link" and not person_id:
        raise CannotDecide("请指明关联到哪个人 / name the person to link to")
    if action == "new" and item.contract != "police_population":
        raise CannotDecide(
            "只有人口数据可以新建人员，请关联到已登记的人 / only population rows enter people; link instead"
        )
    file = item.row.file
    if action == "refuse":
        _refuse(file, item)
    else:
        _take(file, item, person_id if action == "link" else None, values or {})
        item.row.refresh_from_db()
        if item.contract == "police_population":
            retry_waiting(follows=item.row)
    state = {"new": "new", "link": "linked", "accept": "accepted", "refuse": "refused"}[action]
    _close(item, state, reason.strip())
    item.row.refresh_from_db()
    recording.record(
        "sources.decide",
        subject=f"sources.review:{item.pk}",
        detail={"action": action, "code": item.code, "row": item.row_id, "fields": sorted(values or {})},
        reason=reason,
        person_id=item.row.person_id,
        division_code=item.division_code,
    )
    return item.row


def _take(file: FeedFile, item: ReviewItem, person_id: int | None, values: dict[str, Any]) -> None:
    context = context_of(file)
    row = _rebuilt(file, item.row_id, values, accepted=True, person_id=person_id)
    if row.level == REFUSED:
        raise CannotDecide(_words(row, REFUSED))
    feed = feed_of(context.contract)
    feed.check([row], context)
    _refuse_takeover(row, person_id)
    if context.contract.feed not in ("population", "means") and row.person_id is None:
        raise CannotDecide(
            "该行还没有关联到人，请选择“关联”并指明人员 / the row names nobody yet; link it to a person"
        )
    if context.contract.feed == "means" and row.household_id is None:
        raise CannotDecide("户号不在人口库中，请更正户号 / the household is unknown; correct its number")
    missing = [name for name in _NEEDED.get(context.contract.feed, ()) if row.get(name) is None]
    if missing:
        labels = "、".join(context.contract.fields[name].label for name in missing)
        raise CannotDecide(f"缺少 {labels}，请填写后再采用 / fill in {', '.join(missing)} first")
    feed.apply([row], context)
    if row.level == REFUSED or any(m.level == REVIEW for m in row.messages):
        raise CannotDecide(_words(row, REVIEW) or _words(row, REFUSED))
    row.settle()
    save_rows([row], context)
    _recount(file)


def _refuse_takeover(row: Row, person_id: int | None) -> None:
    """A number that is somebody else's stays theirs unless the row is linked to that very person."""
    other = next((message for message in row.messages if message.code == "name_differs"), None)
    if other and person_id is None and row.person_id:
        raise CannotDecide(
            f"该号码已登记在“{other.expected}”名下（人员 {row.person_id}）。同一人改名请关联到该人员；另一人请更正号码，或把号码留空"
            f" / the number is person {row.person_id}'s: link to them, or correct or empty the number"
        )


_NEEDED = {
    "population": ("name",),
    "deaths": ("death_date",),
    "person_facts": ("spending",),
    "enrolment": ("stage",),
    "disability": ("kind", "grade"),
    "roster": ("start_month", "monthly", "roster"),
    "income": ("month",),
}


def _rebuilt(
    file: FeedFile, row_id: int, values: dict[str, Any], *, accepted: bool, person_id: int | None
) -> Row:
    context = context_of(file)
    row = load_rows(file, [row_id])[0]
    row.person_id = person_id
    if accepted:
        row.accepted = _EVERYTHING
    read_cells(file, [row], context, values)
    return row


class _Everything(frozenset[str]):
    """A person looked at the row as a whole, so no doubt about it stands any more."""

    def __contains__(self, code: object) -> bool:
        # What was lost in sending cannot be accepted, only sent again or typed in.
        return code not in (
            "json_broken",
            "cut_off",
            "too_many_cells",
            "precision_lost",
            "authorisation_missing",
            "month_not_yet",
        )

    def __bool__(self) -> bool:
        return True


_EVERYTHING = _Everything()


def _words(row: Row, level: str) -> str:
    told = [explain(message.as_json()) for message in row.messages if message.level == level]
    return "；".join(
        f"{one['field']} {one['what']}（{one['found']}），应为 {one['expected']}" for one in told
    )


def _refuse(file: FeedFile, item: ReviewItem) -> None:
    FeedRow.objects.filter(pk=item.row_id).update(outcome=REFUSED)
    _recount(file)


def _close(item: ReviewItem, state: str, reason: str) -> None:
    actor = current_actor()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sources_reviewitem i SET state = %s, decided_at = now(), decided_by = %s, reason = %s,"
            " person_id = (SELECT person_id FROM sources_feedrow r WHERE r.id = i.row_id) WHERE id = %s",
            [state, actor.label if actor else "", reason, item.pk],
        )


@transaction.atomic
def reopen_review(*, item_id: int, row: dict[str, Any], reason: str) -> None:
    """Puts a decided row back into the queue (恢复待核处) after what it wrote has been taken back by the caller.

    Args:
        row: the columns of the staged row as they were before the decision.

    Raises:
        CannotDecide: the row waits already, or lies outside the post's scope.
    """
    require("sources.review")
    item = ReviewItem.objects.select_for_update().select_related("row__file").filter(pk=item_id).first()
    if item is None or item.state == ReviewItem.State.OPEN:
        raise CannotDecide(
            f"待核处 {item_id} 仍未处理，或不在本岗位范围内 / not decided, or outside your scope"
        )
    FeedRow.objects.filter(pk=item.row_id).update(**row)
    item.state, item.decided_at, item.decided_by, item.reason = ReviewItem.State.OPEN, None, "", ""
    item.person_id = None
    item.save()
    _recount(item.row.file)
    recording.record(
        "sources.reopen",
        subject=f"sources.review:{item.pk}",
        detail={"row": item.row_id, "code": item.code},
        reason=reason,
        division_code=item.division_code,
    )


def _recount(file: FeedFile) -> None:
    locked = FeedFile.objects.select_for_update().get(pk=file.pk)
    count_outcomes(locked)
    locked.save(update_fields=["counts"])


def retry_waiting(*, follows: FeedRow | None = None) -> int:
    """Takes rows that waited for a person or household who is registered by now; returns how many (自动重核).

    Called inside the acting transaction.

    Args:
        follows: only rows that speak of the person or household this row has just entered.
    """
    items: dict[int, dict[int, ReviewItem]] = defaultdict(dict)
    opened = ReviewItem.objects.filter(state=ReviewItem.State.OPEN, code__in=_RETRIED)
    if follows is not None:
        number, household = follows.values.get("citizen_number"), follows.values.get("household_number")
        of_person = Q(evidence__values__citizen_number=number) if number else Q(pk=None)
        of_household = Q(code="household_unknown", evidence__values__household_number=household)
        opened = opened.filter(of_person | (of_household if household else Q(pk=None)))
    for item in opened.select_related("row").order_by("id").iterator(chunk_size=2000):
        items[item.row.file_id][item.row_id] = item
    taken = 0
    for file_id, waiting in items.items():
        file = FeedFile.objects.get(pk=file_id)
        context, rows = context_of(file), load_rows(file, list(waiting))
        read_cells(file, rows, context)
        feed = feed_of(context.contract)
        feed.check(rows, context)
        passing = [row for row in rows if row.is_passing]
        if not passing:
            continue
        feed.apply(passing, context)
        settled = [row for row in passing if row.level in ("note", "warning")]
        for row in settled:
            row.settle()
            _close(waiting[row.id], "accepted", "已登记，自动重核")
        save_rows(settled, context)
        taken += len(settled)
        _recount(file)
    if taken:
        recording.record("sources.retry", detail={"taken": taken})
    return taken
