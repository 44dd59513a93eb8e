"""Builds the simulated city (模拟城市): officials, offices' files or sets of rows into the registers, as it stood before its year."""

from __future__ import annotations

from datetime import date

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.demo import create_demo_officials
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.actions import load_folder
from minzheng.kernel.sources.models import FeedFile
from minzheng.kernel.storage.paths import state_home
from minzheng.kernel.storage.schema import bring_up_to_date
from minzheng.simulation.city import write_city_files
from minzheng.simulation.models import SimulatedCity
from minzheng.simulation.year.engine import SERVICE, Watcher

BUILT_ON = date(2021, 12, 31)


class BuildRefused(RuntimeError):
    """The city may not be built here; the message says why."""


def build_city(*, scale: int, seed: int, watch: Watcher, on: date = BUILT_ON) -> SimulatedCity:
    """Builds the city as it stood on a day; one that was built stays, and a killed building goes on.

    Raises:
        BuildRefused: another city was built here, or one of the files was not taken.
    """
    bring_up_to_date()
    with acting_as_service(SERVICE):
        known = SimulatedCity.objects.order_by("pk").first()
        if known is not None:
            if (known.scale, known.seed) != (scale, seed):
                raise BuildRefused(
                    f"这里已建成 1:{known.scale}、种子 {known.seed} 的城市；另建请换一个 MINZHENG_HOME / another city stands here: "
                    "choose another MINZHENG_HOME"
                )
            return known
        create_demo_officials()
    folder = state_home() / "city" / f"{scale}-{seed}"
    made = write_city_files(
        folder,
        scale=scale,
        seed=seed,
        on=on,
        progress=lambda done, total: watch("城市文件", f"{done}/{total} 个区"),
    )
    results = load_folder(
        folder, period=Month.of(on), progress=lambda told: watch("接收文件", f"{told.step} {told.file}")
    )
    failed = [result.name for result in results if result.state != FeedFile.State.APPLIED]
    if failed:
        raise BuildRefused(f"以下文件未能写入：{'、'.join(failed)} / these files were not taken")
    with acting_as_service(SERVICE):
        return SimulatedCity.objects.create(
            scale=scale, seed=seed, on=on, told={"people": made.people, "households": made.households}
        )
