"""Why an act is refused: each error names everything that is wrong, in the language of who stands at the counter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from minzheng.kernel.refusals import Refusal

if TYPE_CHECKING:
    from minzheng.domains.marriage_registration.checks import Check
    from minzheng.domains.marriage_registration.requirements import Requirement


class MarriageRefused(Refusal, ValueError):
    """The act cannot be registered; the message says why and what to do."""


class Incomplete(MarriageRefused):
    """Papers or declarations are missing; `missing` lists all of them at once (一次告知)."""

    def __init__(self, missing: Sequence[Requirement]) -> None:
        self.missing = tuple(missing)
        names = "、".join(one.label for one in self.missing)
        english = ", ".join(one.label_en for one in self.missing)
        super().__init__(
            f"尚缺{len(self.missing)}项：{names}，补齐后再办理 / {len(self.missing)} missing: {english}"
        )


class RulesFailed(MarriageRefused):
    """One or more conditions of the law are not met; `checks` holds each with its article."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        words = "；".join(f"{one.words}（{one.article}）" for one in self.checks)
        super().__init__(f"不予登记：{words} / refused: {'; '.join(one.words_en for one in self.checks)}")


class NoLicence(MarriageRefused):
    """The registrar holds no licence in force at this office on this day."""


class NotInTime(MarriageRefused):
    """A divorce certificate is asked for before or after the days in which the law gives it."""


class NoPaper(MarriageRefused):
    """The office has no certificate paper left, or not the one named."""


class WrongState(MarriageRefused):
    """The entry or application is no longer in the state that the act needs."""
