"""Synthetic people as linkage's records, and the files of them that other offices might send, with the truth beside.

The benchmark and the tests measure on these; the delivered model is learnt on them until an installation trains its own.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from minzheng.kernel.linkage.disturb import Disturber
from minzheng.simulation.calibration import figure
from minzheng.simulation.population.drawing import draw

ON = date(2022, 6, 30)
# What the measured files suffer from: more than training assumes, so that the measure is no echo of the training. No
# register of ours holds telephone numbers yet.
HARDER = {
    "homophone": 90, "variant": 70, "other_sign": 40, "turned": 15, "cut": 15, "swapped": 50, "digit": 70, "year": 25,
    "no_birth": 60, "next_door": 90, "moved": 120, "no_place": 80, "no_household": 800, "wrong_number": 120,
    "masked": 80, "no_number": 850, "sex": 15, "no_phone": 1000,
}  # fmt: skip


def people_records(count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """About so many people over all districts, as `records.frame_of` takes them; the same seed gives the same ones."""
    rng = Random(f"{seed} linkage")
    population = draw(scale=figure("population.residents") / count, seed=seed, on=ON)
    return [
        {
            "unique_id": f"p{person['person']}", "name": person["name"], "birth": person["born"].isoformat(),
            "committee": person["home"], "household": person["household_number"], "digits": person["number"],
            "sex": str(person["sex"]), "phone": f"199{rng.randrange(10**8):08d}",
        }
        for person in population.persons.iter_rows(named=True)
    ]  # fmt: skip


def sent_rows(
    people: list[dict[str, Any]],
    *,
    known: int,
    strangers: int,
    seed: int,
    rates: dict[str, int] | None = None,
) -> list[dict[str, Any]]:
    """Rows as offices send them: so many of registered people, so many of people who are not registered.

    Returns:
        records with `truth`: the person's `unique_id`, or None, and `faults`.
    """
    chooser = Random(seed)
    disturber = Disturber([one["name"] for one in people], seed, HARDER if rates is None else rates)
    others = people_records(strangers * 2, seed=seed + 1)
    chosen = [(one, one["unique_id"]) for one in chooser.sample(people, min(known, len(people)))]
    chosen += [(one, None) for one in chooser.sample(others, min(strangers, len(others)))]
    rows = []
    for at, (person, truth) in enumerate(chosen):
        copy, faults = disturber.copy(person)
        if truth is None:
            # Whoever is not registered has no number of the register's, and no household in it.
            copy |= {"digits": None, "household": None}
        rows.append(copy | {"unique_id": f"r{at}", "truth": truth, "faults": faults})
    return rows
