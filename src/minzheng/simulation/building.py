"""Builds the simulated city (模拟城市): officials, and the people into the registers as they stood before the city's year.

A small city comes as the eight offices' files, with their faults, as an installation would take them; a larger one as sets
of rows through the same actions (`population.sets`). Both ways lead to the same record where files have no faults.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connections

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.demo import create_demo_officials
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.actions import load_folder
from minzheng.kernel.sources.models import FeedFile
from minzheng.kernel.storage.paths import state_home
from minzheng.kernel.storage.schema import bring_up_to_date
from minzheng.simulation.city import write_files
from minzheng.simulation.identifiers import SYNTHETIC_AREAS
from minzheng.simulation.models import LivedStep, SimulatedCity
from minzheng.simulation.population.drawing import Population, draw, draw_shares
from minzheng.simulation.population.sets import NotTaken, recognise_low_income, steps_of, take_in
from minzheng.simulation.year.engine import SERVICE, Watcher

BUILT_ON = date(2021, 12, 31)
FILES_UP_TO = 500
"""Files are read for cities of one to so many or smaller; a larger one would wait for their every line to be reported on."""


class By(StrEnum):
    """How the people come into the registers."""

    FILES = "files"
    SETS = "sets"


class BuildRefused(RuntimeError):
    """The city may not be built here; the message says why."""


def build_city(
    *,
    scale: int,
    seed: int,
    watch: Watcher,
    on: date = BUILT_ON,
    by: By | None = None,
    faults: bool = True,
) -> SimulatedCity:
    """Builds the city as it stood on a day; one that was built stays, and a killed building goes on.

    Args:
        by: by files up to one to `FILES_UP_TO` where not given, else by sets.
        faults: whether the files have the faults that such files have now and then.

    Raises:
        BuildRefused: the database holds people who may be real, another city was built here, or the registers did not take
            what was drawn.
    """
    migrated = bring_up_to_date()
    watch("数据库", f"已执行 {len(migrated)} 项数据表升级" if migrated else "数据表已是最新")
    _require_no_real_people()
    by = by or (By.FILES if scale >= FILES_UP_TO else By.SETS)
    with acting_as_service(SERVICE):
        watch("演示账户", f"{len(create_demo_officials())} 个")
        known = SimulatedCity.objects.order_by("pk").first()
        if known is not None:
            if (known.scale, known.seed) != (scale, seed):
                raise _another(f"1:{known.scale}、种子 {known.seed}")
            return known
    _require_no_other(scale, seed, on)
    drawing: dict[str, Any] = {
        "scale": scale, "seed": seed, "on": on,
        "progress": lambda done, total: watch("抽取人口", f"{done}/{total} 个区"),
    }  # fmt: skip
    people = households = 0
    try:
        for population in [draw(**drawing)] if by is By.FILES else draw_shares(**drawing):
            if by is By.FILES:
                _by_files(population, watch, faults)
            else:
                take_in(population, watch=watch)
            recognise_low_income(population)
            people += population.persons.height
            households += population.households.height
    except NotTaken as error:
        raise BuildRefused(str(error)) from error
    told = {"people": people, "households": households, "by": by}
    with acting_as_service(SERVICE):
        return SimulatedCity.objects.create(scale=scale, seed=seed, on=on, told=told)


def _another(which: str) -> BuildRefused:
    return BuildRefused(
        f"这里已建成（或建了一部分）{which} 的城市；另建请换一个 MINZHENG_HOME / another city stands here: "
        "choose another MINZHENG_HOME"
    )


def _require_no_real_people() -> None:
    """Read as the owner: row-level security would hide from us whom we must not touch."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE NOT left(value, 6) = ANY(%s)) FROM people_identifier WHERE kind = 'citizen'",
            [list(SYNTHETIC_AREAS)],
        )
        known, foreign = cursor.fetchone()
    # Files with faults bring a few odd numbers; a real register has nearly all of them so.
    if foreign > 50 and foreign > known // 10:
        raise BuildRefused(
            f"数据库中已有 {foreign} 人的证件号码不属于合成人口，模拟城市不会写入。The database holds people who may be real; the "
            "synthetic city keeps away from it. Choose another MINZHENG_HOME or DATABASE_URL for it."
        )


def _require_no_other(scale: int, seed: int, on: date) -> None:
    """A city of which only parts were taken in is gone on with, and no other is built over it."""
    own = steps_of(scale, seed)
    with acting_as_service(SERVICE):
        other = LivedStep.objects.filter(month=Month.of(on).first_day).exclude(step__startswith=own).first()
    if other is not None:
        raise _another(other.step)


def _by_files(population: Population, watch: Watcher, faults: bool) -> None:
    folder = state_home() / "city" / f"{population.scale}-{population.seed}"
    if not folder.exists():  # Files that appeared are whole; a workbook written again would be another file.
        write_files(folder, population, faults=faults)
    watch("城市文件", str(folder))
    results = load_folder(
        folder,
        period=Month.of(population.on),
        progress=lambda told: watch("接收文件", f"{told.step} {told.file}"),
    )
    failed = [result.name for result in results if result.state != FeedFile.State.APPLIED]
    if failed:
        raise BuildRefused(f"以下文件未能写入：{'、'.join(failed)} / these files were not taken")
