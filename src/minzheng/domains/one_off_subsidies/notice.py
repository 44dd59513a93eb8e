"""A notice as it is stated (补贴通知): what is paid to whom, by which paper; kept as the evidence of its start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.domains.one_off_subsidies.programme import PROGRAMME
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.programmes import Benefit

PROVENANCE = ("seed", "public", "illustrative")
BENEFITS: dict[str, Benefit] = {one.code: one for one in PROGRAMME.benefits}


@dataclass(frozen=True, slots=True)
class Notice:
    """One payment: `amounts` gives each group's sum in fen; `provenance` says what the sums and the day rest on."""

    benefit: str
    cutoff_on: date
    amounts: Mapping[str, int]
    source: str
    provenance: str
    pay_days: int

    def evidence(self) -> dict[str, Any]:
        """As it is kept with the start, and never changed there."""
        return {
            "cutoff_on": self.cutoff_on.isoformat(),
            "amounts": dict(self.amounts),
            "source": self.source,
            "provenance": self.provenance,
        }

    @classmethod
    def of(cls, activation: Activation) -> Notice:
        """The notice that a start was made by."""
        kept = activation.evidence
        return cls(
            activation.benefit,
            activation.cutoff_on,
            {code: int(fen) for code, fen in kept["amounts"].items()},
            kept["source"],
            kept["provenance"],
            activation.pay_days,
        )
