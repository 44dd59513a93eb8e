"""The entry subsidy for care workers (养老护理员入职补贴): months counted from employment and insurance, instalments by degree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction

from minzheng.domains.eldercare_workforce import kinds
from minzheng.domains.eldercare_workforce.errors import WorkforceRefused
from minzheng.domains.eldercare_workforce.models import Employment, EntrySubsidy, Worker
from minzheng.domains.eldercare_workforce.working_rules import rules_on
from minzheng.kernel.access import require
from minzheng.kernel.audit import record

#: Why an instalment is due or is not, in the order they are asked.
WORDS = {
    "due": "可以申领 / an instalment is due",
    "doubled": "同一月份由两家机构缴纳社保，停止发放，请先核实 / two facilities claim the worker for one month; stopped until it is cleared",
    "no_degree": "未登记符合条件的学历 / no degree that entitles is on record",
    "done": "各期均已申领 / every instalment was claimed",
    "left": "未满期即离职，下一期停发 / the worker left before the term; the next instalment stops",
    "wait": "在岗月数未满 / the months in care posts are not yet enough",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one worker stands on a day: whole months, the next instalment (from 1), its sum in fen, `why` of `WORDS`."""

    worker_id: int
    months: int
    instalment: int
    needs: int
    sum_fen: int
    why: str

    @property
    def is_due(self) -> bool:
        return self.why == "due"


def instalments(degree: str, *, on: date) -> list[tuple[int, int]]:
    """(months, fen) of each instalment of a degree; the last takes what rounding left, so they add up to the whole.

    >>> instalments("college", on=date(2022, 8, 1))
    [(12, 600000), (36, 1200000), (60, 1200000)]
    """
    if degree == kinds.NO_DEGREE:
        return []
    rules = rules_on(on)
    whole = rules.entry_fen[("secondary", "college", "bachelor").index(degree)]
    parts = [whole * share // 100 for share in rules.entry_shares]
    parts[-1] = whole - sum(parts[:-1])
    return list(zip(rules.entry_terms, parts, strict=True))


def standings(workers: Iterable[Worker], *, on: date) -> dict[int, Standing]:
    """How workers stand with the subsidy, by their id; counted over all their employers in one query."""
    degrees = {worker.pk: worker.degree for worker in workers}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM workforce_months(%s, %s)", [list(degrees), on])
        rows = cursor.fetchall()
    return {row[0]: _standing(row, instalments(degrees[row[0]], on=on)) for row in rows}


def _standing(row: tuple[int, int, int, int, bool], steps: list[tuple[int, int]]) -> Standing:
    worker, months, doubled, claimed, is_employed = row
    needs, fen = steps[claimed] if claimed < len(steps) else (0, 0)
    if doubled:
        why = "doubled"
    elif not steps:
        why = "no_degree"
    elif claimed >= len(steps):
        why = "done"
    elif months >= needs:
        why = "due"
    else:
        why = "wait" if is_employed else "left"
    return Standing(worker, months, claimed + 1, needs, fen, why)


@transaction.atomic
def claim(*, employment: Employment, on: date) -> EntrySubsidy:
    """A facility claims the instalment that is due for its worker (申领入职补贴); which and how much is reckoned, not told.

    Raises:
        WorkforceRefused: none is due, with the reason; or another facility claimed it.
    """
    require("workforce.edit")
    worker = Worker.objects.select_for_update().get(pk=employment.worker_id)
    if employment.post != kinds.CARE or not employment.is_full:
        raise WorkforceRefused("只有全日制护理岗位可以申领 / only a full care post entitles")
    found = standings([worker], on=on)[worker.pk]
    if not found.is_due:
        raise WorkforceRefused(WORDS[found.why])
    try:
        with transaction.atomic():
            made = EntrySubsidy.objects.create(
                worker=worker, facility_id=employment.facility_id, division_code=employment.division_code,
                instalment=found.instalment, months=found.months, degree=worker.degree, sum_fen=found.sum_fen,
                claimed_on=on,
            )  # fmt: skip
    except IntegrityError as fault:
        raise WorkforceRefused(
            "该期已由本机构或其他机构申领 / the instalment was claimed already, here or by another facility"
        ) from fault
    _trace("workforce.claim", made)
    return made


@transaction.atomic
def decide(*, claim: EntrySubsidy, is_granted: bool, words: str, on: date) -> EntrySubsidy:
    """The district grants an instalment or refuses it with its reason (审核入职补贴).

    Raises:
        WorkforceRefused: it is not waiting, the reason is missing, or meanwhile two facilities claim the worker.
    """
    actor = require("workforce.decide")
    found = _locked(claim, "claimed")
    if not is_granted and len(words.strip()) < 4:
        raise WorkforceRefused("不予批准的，请写明理由 / a refusal needs its reason")
    if is_granted and standings([found.worker], on=on)[found.worker_id].why == "doubled":
        raise WorkforceRefused(WORDS["doubled"])
    found.state = "approved" if is_granted else "refused"
    found.words, found.decided_on, found.decided_by = words.strip(), on, actor.label
    found.save(update_fields=["state", "words", "decided_on", "decided_by"])
    _trace("workforce.decide", found)
    return found


@transaction.atomic
def pay(*, claim: EntrySubsidy, on: date) -> EntrySubsidy:
    """The approved instalment was paid out (拨付)."""
    require("workforce.decide")
    found = _locked(claim, "approved")
    found.state, found.paid_on = "paid", on
    found.save(update_fields=["state", "paid_on"])
    _trace("workforce.pay", found)
    return found


def _locked(claim: EntrySubsidy, state: str) -> EntrySubsidy:
    found = (
        EntrySubsidy.objects.select_for_update(of=("self",))
        .select_related("worker")
        .filter(pk=claim.pk)
        .first()
    )
    if found is None or found.state != state:
        raise WorkforceRefused(
            "申领不在可办理的状态，请刷新后重试 / the claim is in another state; reload the page"
        )
    return found


def _trace(act: str, row: EntrySubsidy) -> None:
    record(
        act, subject=f"entrysubsidy:{row.pk}", division_code=row.division_code, reason=row.words,
        detail={"facility": row.facility_id, "worker": row.worker_id, "instalment": row.instalment,
                "months": row.months, "sum_fen": row.sum_fen, "state": row.state},
    )  # fmt: skip
