"""A made-up city on disk, with every kind of household near the subsistence standard."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

from minzheng.kernel.periods import Month
from minzheng.kernel.rules import HouseholdInputs, write_snapshot
from minzheng.kernel.rules.cases import frames_of

JULY = Month(2022, 7)
CHECKED = {"money_assets_fen": 0, "homes": 1, "non_residential_properties": 0, "vehicles": 0}
STREETS = (310107014001, 310104014002, 310151101003)


def households(count: int = 120, seed: int = 7) -> list[HouseholdInputs]:
    chance = random.Random(seed)
    made = []
    for number in range(1, count + 1):
        people: list[dict[str, Any]] = [
            {
                "person_id": number * 10 + at,
                "household_id": number,
                "birth_month": JULY.index - chance.randrange(95 * 12),
                "hukou_is_local": chance.random() < 0.9,
                "relation": (1, 2, 3, 4)[at % 4],
                "wage_fen": chance.choice([None, 0, 133_000, 141_999, 142_000, 149_999, 150_000, 900_000]),
                "pension_fen": chance.choice([None, 0, 120_000]),
                "disability_grade": chance.choice([None, None, 1, 2, 3]),
                "disability_kind": chance.choice([None, 1, 5, 6]),
            }
            for at in range(chance.randint(1, 5))
        ]
        home: dict[str, Any] = {"household_id": number, "division_code": STREETS[number % 3]}
        made.append(HouseholdInputs(home | (CHECKED if chance.random() < 0.8 else {}), people))
    return made


def snapshot(folder: Path, homes: list[HouseholdInputs] | None = None, month: Month = JULY) -> Path:
    """Written to `folder` in small parts."""
    frames = frames_of(households() if homes is None else homes)
    write_snapshot(*frames, folder, month=month, as_of=date(2022, 7, 1), row_group_persons=60)
    return folder
