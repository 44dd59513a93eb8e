"""The letter of a one-off subsidy (一次性补贴告知书): what, by which notice, as whom, how much and until when."""

from __future__ import annotations

from datetime import date

from minzheng.domains.one_off_subsidies.listing import GROUPS
from minzheng.domains.one_off_subsidies.notice import BENEFITS, Notice
from minzheng.kernel.documents import Amount, Letter
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.eventgrants.receivers import Receiver
from minzheng.kernel.eventgrants.wording import COUNTER, Offices, addressee, how_paid


def letter_of(activation: Activation, receiver: Receiver, on: date, *, offices: Offices) -> Letter:
    """The letter of one receiver, in words a family understands."""
    notice = Notice.of(activation)
    name = BENEFITS[activation.benefit].name
    office = offices.signs[receiver.division_code[:9]]
    group = GROUPS[receiver.ground]
    day = f"{notice.cutoff_on.year}年{notice.cutoff_on.month}月{notice.cutoff_on.day}日"
    who = receiver.name if receiver.is_dead else "您"
    as_whom = (
        "是在享低保家庭的领款人，这笔钱按户发给全家" if group.each == "household" else f"属于{group.name}"
    )
    return Letter(
        office=office,
        title=f"{name}告知书",
        addressee=addressee(receiver),
        date=on,
        opening=(
            f"依据{notice.source}，向生活有困难的居民发放{name}。",
            f"按{day}的登记，{who}{as_whom}，在发放名单上。这笔钱不需要申请，每人只发一次；同时符合几类条件的，按其中一类发。",
        ),
        amounts=(Amount(label=name, value=receiver.amount_fen, is_total=True),),
        closing=how_paid(activation, receiver),
        objections=offices.objections[receiver.division_code[:6]],
        signed_by=office,
        contact=COUNTER,
        illustrative=("补贴的金额、对象和截止日为示意，待与主管部门核对。",)
        if notice.provenance == "illustrative"
        else (),
    )
