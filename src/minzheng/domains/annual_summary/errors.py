"""What the annual summary refuses."""

from __future__ import annotations

from collections.abc import Sequence

from minzheng.kernel.refusals import Refusal


class SummaryRefused(Refusal):
    """Something about the summary is not in order; the message says what and what to do."""


class TemplateRefused(SummaryRefused):
    """Sentences that cannot stand as they are; `faults` tells every one."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))
