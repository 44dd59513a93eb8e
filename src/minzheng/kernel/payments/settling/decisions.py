"""The acts of settling (多发处理): propose, approve or refuse by another official, and receive what comes back.

One decision speaks of everything a person was overpaid and has not settled, over all months and benefits that the
acting post answers for. A set-off then works by itself inside drafting; a recovery waits for the family's money; a
waiver writes the rest off. Nothing here ever pays less than nothing or takes back more than is open.
"""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from minzheng.kernel import audit
from minzheng.kernel.access import Actor, require
from minzheng.kernel.access.models import ResidentAccount
from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments.errors import PaymentRefused
from minzheng.kernel.payments.models import Repayment, Settlement, SettlementPart, Transfer
from minzheng.kernel.payments.months import open_month, require_open
from minzheng.kernel.payments.settling.family import addressee_of
from minzheng.kernel.payments.settling.letters import issue_settlement_letter
from minzheng.kernel.payments.settling.netting import post_claims

Way = Settlement.Way


class SettlementRefused(PaymentRefused):
    """The act cannot be done as asked; the message says what stands in the way and what to do."""


@transaction.atomic
def propose_settlement(
    *, person_id: int, way: str, reason: str, on: date, monthly_fen: int | None = None
) -> Settlement:
    """Proposes what is to become of everything a person was overpaid (提出处理意见).

    Args:
        way: `set_off`, `recovery` or `waiver`.
        monthly_fen: of a recovery, the instalment; the whole at once where it is left out.

    Raises:
        NotPermitted: the post does not propose in one of the programmes.
        SettlementRefused: nothing is open, another proposal waits, the reason or the instalment is missing or wrong.
    """
    parts = _open(person_id)
    actor = _permitted("payments.settle", parts)
    if not reason.strip():
        raise SettlementRefused("请写明理由 / give the reason")
    if way not in Way.values:
        raise SettlementRefused(f"处理方式须为 {'、'.join(Way.values)} / unknown way: {way}")
    total = sum(part.rest_fen for part in parts)
    if monthly_fen is not None and (way != Way.RECOVERY or not 0 < monthly_fen <= total):
        raise SettlementRefused(
            f"每月退回金额只用于请家庭退回，须大于零且不超过 {format_yuan(total)} 元"
            " / an instalment belongs to a recovery and is at most what is open"
        )
    try:
        with transaction.atomic():
            made = Settlement.objects.create(
                person_id=person_id,
                addressee_id=addressee_of(person_id, on),
                division_code=parts[0].division_code,
                way=way,
                amount_fen=total,
                monthly_fen=monthly_fen,
                reason=reason.strip(),
                proposed_by_id=actor.official,
                proposed_on=on,
            )
    except IntegrityError as error:
        raise SettlementRefused(
            "此人已有待复核的处理意见，请先复核 / a proposal about this person waits; decide it first"
        ) from error
    SettlementPart.objects.bulk_create(
        SettlementPart(settlement=made, overpayment=part, amount_fen=part.rest_fen) for part in parts
    )
    _trace("payments.settle", made)
    return made


@transaction.atomic
def approve_settlement(*, settlement_id: int, on: date) -> Settlement:
    """Approves what another official proposed (复核同意), and writes the letter; approving twice changes nothing.

    Raises:
        SettlementRefused: the official proposed it, or is the person or the reader of the letter; or it does not wait.
    """
    made = _lock(settlement_id)
    parts = _parts(made)
    actor = _permitted("payments.approve_settlement", parts)
    if made.state == Settlement.State.APPROVED and made.decided_by_id == actor.official_id:
        return made
    _refuse_unfit(made, actor)
    Settlement.objects.filter(person_id=made.person_id, state=Settlement.State.APPROVED).update(
        state=Settlement.State.REPLACED
    )
    _decide(made, Settlement.State.APPROVED, actor, on)
    if made.way == Way.WAIVER:
        month = open_month(on)
        require_open(month)
        Overpayment.objects.filter(pk__in=[part.pk for part in parts], state="open").update(
            written_off_fen=F("amount_fen") - F("recovered_fen"), state="waived"
        )
        post_claims(month=month, on=on, lines={})
    issue_settlement_letter(made, on=on)
    _trace("payments.approve_settlement", made)
    return made


@transaction.atomic
def refuse_settlement(*, settlement_id: int, answer: str, on: date) -> Settlement:
    """Does not agree to what another official proposed (复核不同意), with the reason.

    Raises:
        SettlementRefused: the reason is missing, or as with approving.
    """
    made = _lock(settlement_id)
    actor = _permitted("payments.approve_settlement", _parts(made))
    if not answer.strip():
        raise SettlementRefused("请写明不同意的理由 / say why not")
    _refuse_unfit(made, actor)
    made.answer = answer.strip()
    _decide(made, Settlement.State.REFUSED, actor, on)
    _trace("payments.refuse_settlement", made, reason=made.answer)
    return made


@transaction.atomic
def receive_repayment(*, settlement_id: int, amount_fen: int, receipt: str, on: date) -> int:
    """Records money that a person or family gave back (登记退回款), the oldest month first; returns what is still open.

    The receipt's number makes it count once: the same receipt again changes nothing.

    Raises:
        SettlementRefused: the decision is no approved recovery, the receipt is missing, or more came than is open.
    """
    made = _lock(settlement_id)
    parts = _parts(made)
    actor = _permitted("payments.receive", parts)
    if made.state != Settlement.State.APPROVED or made.way != Way.RECOVERY:
        raise SettlementRefused(
            "只有已决定“请家庭退回”的可以登记退回款 / only an approved recovery takes money back"
        )
    if not receipt.strip():
        raise SettlementRefused("请填写收款凭证号 / give the receipt's number")
    known = Repayment.objects.filter(receipt=receipt.strip())
    if known.exists():
        if known.exclude(settlement=made).exists() or sum(r.amount_fen for r in known) != amount_fen:
            raise SettlementRefused(
                f"凭证 {receipt} 已登记过别的款项 / this receipt is already recorded for other money"
            )
        return _rest(parts)
    rest = _rest(parts)
    if not 0 < amount_fen <= rest:
        raise SettlementRefused(
            f"金额须大于零且不超过尚未退回的 {format_yuan(rest)} 元 / at most {format_yuan(rest)} yuan are still open"
        )
    month = open_month(on)
    require_open(month)
    left = amount_fen
    for part in parts:
        fen = min(left, part.rest_fen)
        if fen:
            _take_back(made, part, fen, receipt.strip(), actor, on=on, month=month.first_day)
            left -= fen
    _trace("payments.receive", made, amount_fen=amount_fen)
    return rest - amount_fen


def _take_back(
    made: Settlement, part: Overpayment, fen: int, receipt: str, actor: Actor, *, on: date, month: date
) -> None:
    where = {
        "on": on,
        "accounting_month": month,
        "programme": part.programme,
        "division_code": part.division_code,
    }
    Repayment.objects.create(
        settlement=made,
        overpayment=part,
        receipt=receipt,
        amount_fen=fen,
        received_by_id=actor.official,
        person_id=part.person_id,
        **where,
    )
    Transfer.objects.create(
        debit_account=f"recovered:{part.programme}",
        credit_account=f"receivable:{part.programme}",
        amount_fen=fen,
        kind=Transfer.Kind.REPAY,
        overpayment=part,
        **where,
    )
    part.recovered_fen += fen
    if not part.rest_fen:
        part.state = "waived" if part.written_off_fen else "recovered"
    part.save(update_fields=["recovered_fen", "state"])


def _open(person_id: int) -> list[Overpayment]:
    found = list(
        Overpayment.objects.select_for_update()
        .filter(person_id=person_id, state="open")
        .order_by("month", "id")
    )
    if not found:
        raise SettlementRefused(
            "此人没有待处理的多发待遇，或不在本岗位范围内 / nothing overpaid is open for this person in your scope"
        )
    return found


def _parts(made: Settlement) -> list[Overpayment]:
    """The overpaid months of a decision, locked, the oldest first."""
    return list(
        Overpayment.objects.select_for_update(of=("self",))
        .filter(parts__settlement=made)
        .order_by("month", "id")
    )


def _rest(parts: list[Overpayment]) -> int:
    return sum(part.rest_fen for part in parts)


def _permitted(permission: str, parts: list[Overpayment]) -> Actor:
    """Every programme that the decision speaks of needs the permission."""
    actor = require(permission)
    for programme in sorted({part.programme for part in parts}):
        actor = require(permission, domain=programme)
    return actor


def _lock(settlement_id: int) -> Settlement:
    made = Settlement.objects.select_for_update().filter(pk=settlement_id).first()
    if made is None:
        raise SettlementRefused(
            f"没有处理决定 {settlement_id}，或不在本岗位范围内 / no such decision in your scope"
        )
    return made


def _refuse_unfit(made: Settlement, actor: Actor) -> None:
    if made.state != Settlement.State.PROPOSED:
        raise SettlementRefused(
            f"此处理意见现为“{made.get_state_display()}”，不在待复核状态 / it is {made.state} and does not wait"
        )
    if made.proposed_by_id == actor.official_id:
        raise SettlementRefused("由您提出，须由另一人复核 / you proposed it: another official must decide")
    if ResidentAccount.objects.filter(
        Q(person_id=made.person_id) | Q(person_id=made.addressee_id), user__official=actor.official_id
    ).exists():
        raise SettlementRefused("涉及您本人或家属，须回避 / it concerns you: another official must decide")


def _decide(made: Settlement, state: str, actor: Actor, on: date) -> None:
    made.state, made.decided_by_id, made.decided_on = state, actor.official_id, on
    made.save(update_fields=["state", "decided_by", "decided_on", "answer"])


def _trace(act: str, made: Settlement, *, amount_fen: int | None = None, reason: str = "") -> None:
    audit.record(
        act,
        subject=f"settlement:{made.pk}",
        detail={"way": made.way, "amount_fen": made.amount_fen if amount_fen is None else amount_fen},
        reason=reason or made.reason,
        person_id=made.person_id,
        division_code=made.division_code,
    )
