"""What every letter of a grant by event says alike (告知书用语): who signs, where to object, and how the money comes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from minzheng.kernel.documents import Objection
from minzheng.kernel.eventgrants.models import Activation, Entry
from minzheng.kernel.eventgrants.receivers import Receiver
from minzheng.kernel.payments.settling.letters import objections_of, office_of

COUNTER = "居住地街道（乡镇）社区事务受理服务中心，或居（村）民委员会"


@dataclass(frozen=True)
class Offices:
    """Who signs in each place, and where to object there; read once for all letters."""

    signs: dict[str, str]
    objections: dict[str, tuple[Objection, ...]]

    @classmethod
    def of(cls, places: Iterable[str]) -> Offices:
        streets = {place[:9] for place in places}
        return cls(
            {street: office_of(street) for street in streets},
            {district: objections_of(district) for district in {street[:6] for street in streets}},
        )

    @classmethod
    def of_list(cls, activation_id: int) -> Offices:
        """Of every place on an activation's list."""
        return cls.of(
            Entry.objects.filter(activation_id=activation_id)
            .values_list("division_code", flat=True)
            .distinct()
        )


def addressee(receiver: Receiver) -> str:
    """Whom a letter greets: of somebody who died, the family."""
    return f"{receiver.name}的家人" if receiver.is_dead else receiver.name


def how_paid(activation: Activation, receiver: Receiver) -> tuple[str, ...]:
    """Until when and to which account the money comes; without one, how to give one."""
    by = activation.pay_by
    if receiver.lacks_account:
        return (
            "我们没有您可以收款的银行账户，这笔钱先为您留着，不会作废。",
            "请带上身份证和本人的银行卡或存折，到任何一个街道（乡镇）社区事务受理服务中心登记账户；行动不便的，"
            "可以请居（村）民委员会上门办理，或者委托家人代办。登记以后，在下一次发放时打给您。",
            "我们不会打电话问您的银行卡密码或验证码。",
        )
    bank = f"{receiver.bank}，" if receiver.bank else ""
    return (
        f"我们将在{by and f'{by.year}年{by.month}月{by.day}日'}前打入您登记的账户（{bank}尾号{receiver.account[-4:]}）。账户有变化的，请尽早到受理服务中心更改。",
        "我们不会打电话问您的银行卡密码或验证码。",
    )
