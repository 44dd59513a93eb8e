"""Verbs of a penalty: told, heard, decided by another person (行政处罚)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.inspections.models import Finding, Penalty
from minzheng.kernel.inspections.states import PenaltyState, move
from minzheng.kernel.inspections.working_rules import working_rules
from minzheng.kernel.periods import Month, add_workdays


@transaction.atomic
def propose_penalty(
    *, finding: Finding, kind: str, amount_fen: int, statute: str, reason: str, on: date
) -> Penalty:
    """Tells the facility what penalty is intended, by which article and for what (处罚事先告知); it may be heard from now on.

    Raises:
        NotPermitted, InspectionRefused: no article or facts, a warning with an amount or a fine without, or one stands already.
    """
    actor = require("inspections.inspect")
    if not statute.strip() or not reason.strip():
        raise InspectionRefused("请写明法律依据和事实理由 / name the article and the facts")
    if (kind == Penalty.Kind.FINE) != (amount_fen > 0) or kind not in Penalty.Kind.values:
        raise InspectionRefused("罚款须填写金额，警告不填金额 / a fine has an amount, a warning has none")
    if Penalty.objects.filter(finding=finding).exclude(state=PenaltyState.DROPPED).exists():
        raise InspectionRefused("该问题已有处罚（一事不再罚）/ a penalty for this finding stands already")
    days = int(working_rules().at(Month.of(on)).hearing_days)
    made = Penalty.objects.create(
        facility_id=finding.facility_id, division_code=finding.division_code, finding=finding, kind=kind,
        amount_fen=amount_fen, statute=statute.strip(), reason=reason.strip(), proposed_by_id=actor.official, told_on=on,
        hear_until=add_workdays(on, days),
    )  # fmt: skip
    _trace(made, "told", on)
    return made


def _trace(penalty: Penalty, act: str, on: date) -> None:
    record(
        f"inspections.penalty_{act}",
        subject=f"inspections.penalty:{penalty.pk}",
        division_code=penalty.division_code,
        detail={"on": on, "kind": penalty.kind, "amount_fen": penalty.amount_fen},
    )


def _locked(penalty: Penalty | int) -> Penalty:
    pk = penalty if isinstance(penalty, int) else penalty.pk
    found = Penalty.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise InspectionRefused(f"没有处罚 {pk}，或不在可见范围内 / no such penalty in your sight")
    return found


@transaction.atomic
def state_case(*, penalty: Penalty | int, text: str, on: date) -> Penalty:
    """The facility is heard (陈述申辩), once, while the time for it runs.

    Raises:
        NotPermitted, InspectionRefused: nothing told, after the time, or heard already.
    """
    require("inspections.rectify")
    found = _locked(penalty)
    if not text.strip():
        raise InspectionRefused("请写明陈述申辩意见 / say what you have to say")
    if found.state != PenaltyState.TOLD or found.stated_on is not None or on > found.hear_until:
        raise InspectionRefused(
            f"陈述申辩期至 {found.hear_until}，且只提交一次 / statements are taken until {found.hear_until}, once"
        )
    found.statement, found.stated_on = text.strip(), on
    found.save(update_fields=["statement", "stated_on"])
    _trace(found, "stated", on)
    return found


@transaction.atomic
def decide_penalty(*, penalty: Penalty | int, is_imposed: bool, words: str, on: date) -> Penalty:
    """Decides (作出处罚决定): not before the facility was heard or its time ran out, and not by who proposed it.

    Raises:
        NotPermitted, InspectionRefused.
    """
    actor = require("inspections.decide")
    found = _locked(penalty)
    if found.proposed_by_id == actor.official:
        raise InspectionRefused("提出处罚的人员不能自己决定 / who proposed it does not decide it")
    if found.stated_on is None and on <= found.hear_until:
        raise InspectionRefused(
            f"陈述申辩期至 {found.hear_until}，期满或当事人已陈述后方可决定 / the facility may be heard until {found.hear_until}"
        )
    if not words.strip():
        raise InspectionRefused("请写明决定理由（含对陈述申辩的答复）/ give the reasons")
    state = PenaltyState.DECIDED if is_imposed else PenaltyState.DROPPED
    move(
        found, "penalty", state, on=on, decided_by_id=actor.official, decided_on=on, words=words.strip(),
        note=words.strip(),
    )  # fmt: skip
    return found
