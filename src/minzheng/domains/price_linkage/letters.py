"""The letter of a price subsidy (价格临时补贴告知书): what, why, how much, until when and to which account."""

from __future__ import annotations

from datetime import date

from minzheng.domains.price_linkage.listing import GROUNDS
from minzheng.domains.price_linkage.programme import PRICE_SUBSIDY, PROGRAMME
from minzheng.domains.price_linkage.trigger import percent
from minzheng.kernel.documents import Amount, Letter
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.eventgrants.receivers import Receiver
from minzheng.kernel.eventgrants.wording import COUNTER, Offices, addressee, how_paid
from minzheng.kernel.periods import Month

_SERIES = {"cpi": "居民消费价格", "food": "食品价格"}


def letter_of(activation: Activation, receiver: Receiver, on: date, *, offices: Offices) -> Letter:
    """The letter of one receiver, in words a family understands."""
    month = Month.of(activation.month).chinese
    office = offices.signs[receiver.division_code[:9]]
    whose = f"{receiver.name}是" if receiver.is_dead else "您是"
    return Letter(
        office=office,
        title=f"{PRICE_SUBSIDY.name}告知书",
        addressee=addressee(receiver),
        date=on,
        opening=(
            f"{month}物价涨得较快：{_rises(activation)}。按照《{PROGRAMME.name}》的规定，向基本生活有困难的人发一次补贴。",
            f"{whose}{month}的{GROUNDS.get(receiver.ground, receiver.ground)}，在补贴名单上。这笔钱不需要申请，这个月只发一次。",
        ),
        amounts=(Amount(label=f"{month}{PRICE_SUBSIDY.name}", value=receiver.amount_fen, is_total=True),),
        closing=how_paid(activation, receiver),
        objections=offices.objections[receiver.division_code[:6]],
        signed_by=office,
        contact=COUNTER,
        illustrative=_assumed(activation),
    )


def _rises(activation: Activation) -> str:
    """The rise of each index, with the line of the ones that reached it."""
    told = activation.evidence
    words = []
    for series, one in told["readings"].items():
        line = (
            f"（达到{percent(told['thresholds'][f'{series}_threshold']['value'])}的启动线）"
            if series in told["met_by"]
            else ""
        )
        words.append(f"{_SERIES[series]}比一年前上涨{percent(one['rise_permille'])}{line}")
    return "，".join(words)


def _assumed(activation: Activation) -> tuple[str, ...]:
    """What of this letter rests on an assumption; a reading published is none."""
    told = activation.evidence
    words = [
        f"{_SERIES[series]}涨幅为示例数值，未经核对。"
        for series, one in told["readings"].items()
        if one["provenance"] == "illustrative"
    ]
    if told["thresholds"]["pay_days"]["provenance"] == "illustrative":
        words.append("发放期限的天数为示意，待与主管部门核对。")
    # No paper states how the sum is computed. Starts older than the parameter were measured by consumer prices.
    if told["thresholds"].get("measured_by_trigger", {"value": 0})["value"]:
        how = "低保标准×达到启动线的涨幅，由2022年发放的总额推断"
    else:
        how = "低保标准×居民消费价格涨幅，由2020年的一份通知推断"
    return (*words, f"补贴标准的算法（{how}）没有文件写明，为示意，待与主管部门核对。")
