"""Which office may register which couple (管辖、跨区通办): the table by date, as a parameter with its paper.

Until 2022-08-31 the district of either party's hukou; from 2022-09-01 also between the pilot districts; from 2022-12-01
anywhere in the city. The summary of 2022 gives the number of pilot districts and not their names, so the list is marked
illustrative and is changed in `parameters/cross_district.yaml` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from minzheng.domains.marriage_registration.working_rules import districts_at

CITY = "310000"
"""The city's own office, for couples of whom one is no mainland resident (涉外、涉港澳台婚姻登记)."""


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Whether an office may register a couple, and why, in words for the couple."""

    allowed: bool
    is_cross_district: bool
    reason: str
    reason_en: str
    article: str = "《婚姻登记条例》第四条、第十条"


def may_register_at(*, office_district: str, hukou_districts: Sequence[str | None], on: date) -> Jurisdiction:
    """Whether the office of a district may register a couple with these hukou on a day (管辖).

    Args:
        office_district: six digits; 310000 is the city's office.
        hukou_districts: each party's district of hukou (a longer division code is cut), None or empty outside the city.

    >>> may_register_at(office_district="310107", hukou_districts=["310104", None], on=date(2022, 8, 31)).allowed
    False
    >>> may_register_at(office_district="310107", hukou_districts=["310104", None], on=date(2022, 12, 1)).allowed
    True
    """
    homes = {code[:6] for code in hukou_districts if code and code.startswith("31")}
    if not homes:
        return Jurisdiction(
            False,
            False,
            "双方户口均不在本市，应到一方常住户口所在地办理",
            "neither party's hukou is in the city; go to the place of either party's hukou",
        )
    if office_district in homes:
        return Jurisdiction(True, False, "一方户口在本区", "one party's hukou is in this district")
    if office_district == CITY:
        return Jurisdiction(True, False, "一方户口在本市", "one party's hukou is in the city")
    joined = districts_at(on)
    if office_district in joined and homes & joined:
        return Jurisdiction(
            True, True, "跨区通办", "cross-district registration", "《上海市婚姻登记“跨区通办”》"
        )
    why, why_en = (
        ("尚未实行跨区通办", "registration across districts has not begun")
        if not joined
        else (
            "双方户口所在区或本区不在跨区通办试点内",
            "this district, or the parties', is outside the pilot",
        )
    )
    return Jurisdiction(
        False,
        True,
        f"{why}，应到一方户口所在区（{'、'.join(sorted(homes))}）办理",
        f"{why_en}; go to the district of either party's hukou ({', '.join(sorted(homes))})",
    )
