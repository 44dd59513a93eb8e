"""Who pays (付款人): the name and account of the paying office, from the setting MINZHENG_PAYER."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Payer:
    """The paying office and the account from which benefits are paid."""

    name: str
    account: str
    bank: str


# An illustrative account: an installation that really pays names its own in MINZHENG_PAYER.
ILLUSTRATIVE = Payer("上海市民政局（社会救助和社会福利资金代发）", "000000000000000000", "代发银行（示例）")


def payer() -> Payer:
    """The paying office of this installation."""
    named = getattr(settings, "MINZHENG_PAYER", None)
    return Payer(**named) if named else ILLUSTRATIVE
