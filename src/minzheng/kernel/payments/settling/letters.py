"""The letters about money paid wrongly or late (多发处理告知书、补发告知书), in words a family understands.

Each says what happened, which months and how much, what we ask or do, by when to answer and whom to ask. Composed once
as data, kept, and shown on screen and as PDF from that same data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.documents import Amount, Letter, Objection, sealed
from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments.models import AccountLetter, Settlement
from minzheng.kernel.payments.settling.family import addressee_of
from minzheng.kernel.payments.working_rules import working_rules
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.programmes import all_benefits

_WHY = {
    "deceased": "人去世以后，从次月起不再发放；我们得知时，后面的月份已经发出",
    "paid_after_death": "人去世以后，从次月起不再发放；我们得知时，后面的月份已经发出",
}
_OTHERWISE = "发放以后，我们收到了新的或更正的情况，重新算过以后，这些月份应发的金额比已发的少"


def issue_settlement_letter(made: Settlement, *, on: date) -> AccountLetter:
    """Tells the person or the family what was overpaid and what two officials decided."""
    parts = list(
        Overpayment.objects.filter(parts__settlement=made).select_related("award").order_by("month", "id")
    )
    who = made.person
    reader = made.addressee
    whose = f"{who.name}（已于{_day(who.death_date)}去世）" if who.death_date else "您"
    reasons = dict.fromkeys(_WHY.get(part.reason, _OTHERWISE) for part in parts)
    opening = [
        *([f"得知{who.name}去世，我们向您和家人表示慰问。"] if who.death_date else []),
        f"我们核对发放记录时发现，{whose}有{len(parts)}个月的待遇多发了，一共{format_yuan(made.amount_fen)}元，各月见下表。",
        *(f"原因：{one}。" for one in reasons),
        "这不是您的过错。" if all(part.reason in _WHY for part in parts) else "",
    ]
    return _keep(
        Letter(
            office=office_of(made.division_code),
            title="多发待遇处理告知书",
            addressee=_called(reader, who),
            date=on,
            opening=tuple(filter(None, opening)),
            amounts=(*_lines(parts), Amount(label="合计", value=made.amount_fen, is_total=True)),
            closing=tuple(_asked(made, on)),
            objections=objections_of(made.division_code),
            signed_by=office_of(made.division_code),
            contact="居住地街道（乡镇）社区事务受理服务中心，或居（村）民委员会",
            illustrative=_assumed(made),
        ),
        AccountLetter.Kind.SETTLEMENT,
        person_id=made.person_id,
        addressee_id=made.addressee_id,
        settlement=made,
        division_code=made.division_code,
    )


def issue_arrears_letter(
    *,
    person_id: int,
    division_code: str,
    months: Iterable[tuple[str, Month, int]],
    set_off_fen: int,
    on: date,
) -> AccountLetter:
    """Tells a person that months were paid too little, how much is paid now, and what was set against it.

    Args:
        months: benefit, month and what is paid in addition.
        set_off_fen: what of it settles an overpaid month and is not paid out.
    """
    who = Person.objects.get(pk=person_id)
    rows = sorted(months, key=lambda row: (row[0], row[1]))
    names = _benefit_names()
    total = sum(fen for _, _, fen in rows)
    paid = total - set_off_fen
    closing = [
        f"这{format_yuan(paid)}元随下一次发放打入您登记的账户，不需要您申请。"
        if paid
        else "补发的金额正好抵掉以前多发的金额，这次没有款项打入账户。"
    ]
    if set_off_fen and paid:
        closing.insert(
            0,
            f"您以前有多发的待遇，其中{format_yuan(set_off_fen)}元已从补发中抵扣，实际补给您{format_yuan(paid)}元。",
        )
    return _keep(
        Letter(
            office=office_of(division_code),
            title="待遇补发告知书",
            addressee=who.name,
            date=on,
            opening=("我们收到了新的或更正的情况，按各月当时的规定重新算过，下面这些月份少发了，现在补上。",),
            amounts=(
                *(
                    Amount(label=f"{month.chinese} {names.get(code, code)}", value=fen)
                    for code, month, fen in rows
                ),
                Amount(label="合计", value=total, is_total=True),
            ),
            closing=tuple(closing),
            objections=objections_of(division_code),
            signed_by=office_of(division_code),
            contact="居住地街道（乡镇）社区事务受理服务中心，或居（村）民委员会",
        ),
        AccountLetter.Kind.ARREARS,
        person_id=person_id,
        addressee_id=addressee_of(person_id, on),
        settlement=None,
        division_code=division_code,
    )


def document_of(letter: AccountLetter) -> Letter:
    """The letter as a value that `documents` renders."""
    content: dict[str, Any] = dict(letter.content)
    content["date"] = date.fromisoformat(content["date"])
    content["amounts"] = tuple(Amount(**row) for row in content["amounts"])
    content["objections"] = tuple(Objection(**row) for row in content["objections"])
    parts: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in content.items()}
    return Letter(**parts)


def office_of(division_code: str) -> str:
    """Who signs: the street's office, the town's government, the district's or the city's civil-affairs bureau."""
    names = path_names({division_code[:9], division_code[:6]})
    name = names.get(division_code[:9], "")
    if len(division_code) >= 9 and name:
        return name + ("办事处" if name.endswith("街道") else "人民政府")
    district = names.get(division_code[:6], "")
    return f"{district}民政局" if district and division_code[:6] != "310000" else "上海市民政局"


def _lines(parts: list[Overpayment]) -> list[Amount]:
    """One line for each benefit and month."""
    names = _benefit_names()
    ordered = sorted(parts, key=lambda part: (part.award.benefit, part.month))
    return [
        Amount(
            label=f"{Month.of(part.month).chinese} {names.get(code, code)}",
            value=part.amount_fen - part.recovered_fen if part.state == "waived" else part.rest_fen,
        )
        for code, of_benefit in groupby(ordered, key=lambda part: part.award.benefit)
        for part in of_benefit
    ]


def _asked(made: Settlement, on: date) -> list[str]:
    days = int(working_rules().at(Month.of(on)).reply_days)
    answer = f"您如果认为金额不对，或者家里有困难，请在{_day(on + timedelta(days=days))}前告诉我们，我们会重新核对，也可以商量分期。"
    if made.way == Settlement.Way.WAIVER:
        return [f"经两名工作人员先后审核，决定这{format_yuan(made.amount_fen)}元不再追回，您不需要做任何事。"]
    if made.way == Settlement.Way.SET_OFF:
        share = int(working_rules().at(Month.of(on)).set_off_share)
        return [
            f"您不需要交钱：从下一次发放起，每次从每项待遇中抵扣，最多抵扣当月应发的{share // 10}%，直到抵完为止。",
            answer,
        ]
    how = (
        f"请每月退回{format_yuan(made.monthly_fen)}元，直到退完为止。"
        if made.monthly_fen
        else "请把这笔钱退回来，可以到街道（乡镇）社区事务受理服务中心办理，也可以一起商量分几次退。"
    )
    return [how, "退款只在受理服务中心办理，办完会给您收款凭证。我们不会打电话要您转账。", answer]


def objections_of(division_code: str) -> tuple[Objection, ...]:
    """How to object. Sources: 行政复议法 (2017) 第九条, 行政诉讼法 第四十六条."""
    district = path_names([division_code[:6]]).get(division_code[:6], "")
    return (
        Objection(
            way="申请行政复议", where=f"{district}人民政府", within="60日内", article="行政复议法 第九条"
        ),
        Objection(
            way="提起行政诉讼", where="有管辖权的人民法院", within="6个月内", article="行政诉讼法 第四十六条"
        ),
    )


def _assumed(made: Settlement) -> tuple[str, ...]:
    words = ["答复意见的天数为示意，待与主管部门核对。"] if made.way != Settlement.Way.WAIVER else []
    if made.way == Settlement.Way.SET_OFF:
        words.append("每次抵扣的上限为示意，待与主管部门核对。")
    return tuple(words)


def _called(reader: Person | None, who: Person) -> str:
    if reader is None:
        return f"{who.name}的家人"
    return reader.name if reader.pk == who.pk else f"{reader.name}（{who.name}的家人）"


def _keep(letter: Letter, kind: str, *, settlement: Settlement | None, **where: Any) -> AccountLetter:
    number = _next_number() if settlement is None else settlement.pk
    mark = "补发" if settlement is None else "多发"
    letter = sealed(letter, f"沪民{mark}〔{letter.date.year}〕{number}号")
    return AccountLetter.objects.create(
        kind=kind,
        number=letter.number,
        title=letter.title,
        content=content_of(letter),
        code=letter.code,
        issued_on=letter.date,
        settlement=settlement,
        **where,
    )


def content_of(letter: Letter) -> dict[str, Any]:
    """The letter as it is kept; `document_of` reads it back."""
    return {**asdict(letter), "date": letter.date.isoformat()}


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('payments_accountletter', 'id'))")
        return int(cursor.fetchone()[0])


def _benefit_names() -> dict[str, str]:
    return {benefit.code: benefit.name for _, benefit in all_benefits()}


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
