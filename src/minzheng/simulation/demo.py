"""The demonstration: a synthetic city in an installation of its own, taken through its first month end.

Every step finds out for itself whether it is done, so a demonstration that was killed goes on, and a second one is ready
at once. It never mixes with a register of real people.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connections

from minzheng.domains.price_linkage.actions import propose
from minzheng.domains.price_linkage.importing import DEMONSTRATION, import_readings
from minzheng.domains.price_linkage.programme import PROGRAMME as PRICE_LINKAGE
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.actions import grant_post
from minzheng.kernel.access.demo import DemoOfficial, create_demo_officials
from minzheng.kernel.access.models import Official, Post
from minzheng.kernel.cases.models import Case
from minzheng.kernel.eventgrants.errors import EmptyList
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.monthend.models import MonthRun, RunState
from minzheng.kernel.monthend.queries import latest_run
from minzheng.kernel.monthend.steps import LABELS
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.actions import load_folder
from minzheng.kernel.sources.models import FeedFile
from minzheng.kernel.storage.paths import state_home
from minzheng.kernel.storage.schema import bring_up_to_date
from minzheng.simulation.beds import prepare_beds
from minzheng.simulation.casework import live_casework, lost_job, somebody_of
from minzheng.simulation.centres import prepare_centres
from minzheng.simulation.city import write_city_files
from minzheng.simulation.dementia import prepare_dementia
from minzheng.simulation.eldercare import prepare_eldercare
from minzheng.simulation.figures import prepare_figures
from minzheng.simulation.files import FILES
from minzheng.simulation.layout import prepare_layout
from minzheng.simulation.marriage_offices import prepare_marriage_offices
from minzheng.simulation.marriages import prepare_marriages
from minzheng.simulation.reforms import prepare_reforms
from minzheng.simulation.supervision import prepare_supervision
from minzheng.simulation.targets import prepare_targets
from minzheng.simulation.workforce import prepare_workforce

MONTH = Month(2022, 7)
FILES_ON = date(2022, 6, 30)
#: The day by which every month of 2022 had its index.
READINGS_ON = date(2023, 2, 1)
SERVICE = "demo"
CHONGMING = "310151"
CLIENTS = 120
# Area codes beginning so belong to no place; whoever has another one may be a real person.
_SYNTHETIC = "31019[5-9]"

Watcher = Callable[[str, str], None]


class DemoRefused(RuntimeError):
    """The demonstration may not run here; the message says why."""


@dataclass(frozen=True)
class Demo:
    """What was prepared."""

    folder: Path
    run: MonthRun
    officials: list[DemoOfficial]


def prepare_demo(*, scale: int, seed: int, watch: Watcher) -> Demo:
    """Brings the demonstration to the end of its first month; `watch` is told (step, detail).

    Raises:
        DemoRefused: the database holds people who may be real, or one of the files was not taken.
    """
    migrated = bring_up_to_date()
    watch("数据库", f"已执行 {len(migrated)} 项数据表升级" if migrated else "数据表已是最新")
    _require_no_real_people()
    os.environ["MINZHENG_DEMO"] = "1"  # The accounts' password is public; only a demonstration makes them.
    with acting_as_service(SERVICE):
        officials = create_demo_officials()
    watch("演示账户", f"{len(officials)} 个")
    run = latest_run_of_month()
    folder = state_home() / "demo" / f"city-{scale}-{seed}"
    if run is None or run.state != RunState.DONE:
        _write_city(folder, scale=scale, seed=seed, watch=watch)
        _take_in(folder, watch)
        run = _run_month(watch)
    else:
        watch("月度办理", f"{MONTH.chinese}此前已办理")
    with acting_as_service(SERVICE):
        prepare_centres(on=run.on)
    watch("受理中心", "名册与预约号源已就绪")
    prepare_marriage_offices(on=run.on, watch=watch)
    prepare_marriages(on=run.on, watch=watch)
    _casework(watch)
    watch("政策试算", f"{len(prepare_reforms())} 个示例")
    _prices(watch, on=run.on)
    prepare_eldercare(on=run.on, watch=watch)
    prepare_beds(on=run.on, watch=watch)
    prepare_supervision(on=run.on, watch=watch)
    prepare_workforce(on=run.on, watch=watch)
    prepare_layout(on=run.on, watch=watch)
    prepare_targets(on=run.on, watch=watch)
    prepare_dementia(on=run.on, watch=watch)
    with acting_as_service(SERVICE):
        watch("统计指标", f"计数 {len(prepare_figures(on=run.on).counted)} 项")
    return Demo(folder, run, officials)


def _prices(watch: Watcher, *, on: date) -> None:
    """Enters the illustrative index of 2022 and proposes the first start, which waits for `shizhengfu`.

    A repeat adds nothing, and a proposal that was taken back stays so. The proposal bears the day that the workbench
    goes by, so that it is approved on the same one.
    """
    post = Post.objects.get(official__user__username="shizheng", role="city_policy_officer")
    with acting(post):
        _read, added = import_readings(path=DEMONSTRATION, on=READINGS_ON)
        watch("物价指数", f"新增 {added} 条（示例）")
        if Activation.objects.filter(programme=PRICE_LINKAGE.code).exists():
            return
        try:
            made = propose(month=MONTH, on=on)
        except EmptyList:
            watch("物价联动", f"{MONTH.chinese}没有低保、特困对象，未提出启动")  # A city of a few hundred.
            return
    watch("物价联动", f"{MONTH.chinese}已提出启动，名单 {made.list_count:,} 人，等待 shizhengfu 审批")


def _casework(watch: Watcher) -> None:
    """Four weeks of casework, and a resident of Chongming who has lost their job and has not applied yet."""
    with acting_as_service(SERVICE):
        if Case.objects.count() >= CLIENTS:
            watch("办件", "此前已办理")
            return
        of_chongming = somebody_of(CHONGMING)
        if of_chongming is not None:
            lost_job(of_chongming, on=FILES_ON.replace(month=7, day=25))
            _officers_for(
                Person.objects.values_list("hukou_division_code", flat=True).get(pk=of_chongming)[:9]
            )
    told = live_casework(clients=CLIENTS, watch=lambda done, total: watch("办件", f"{done}/{total}"))
    watch("办件", f"{told.cases} 位申请人")


def _officers_for(town: str) -> None:
    """The demonstration's two officers of Chongming hold a post in the town that will decide, too."""
    for username in ("chongming", "chongmingfu"):
        official = Official.objects.get(user__username=username)
        if not Post.objects.filter(official=official, division_code=town).exists():
            grant_post(official=official, role="street_officer", division_code=town, start=FILES_ON)


def latest_run_of_month() -> MonthRun | None:
    """The latest run of the demonstration's month, if there was one."""
    with acting_as_service(SERVICE):
        return latest_run(MONTH)


def _require_no_real_people() -> None:
    """Read as the owner: row-level security would hide from us whom we must not touch."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE value !~ %s) FROM people_identifier WHERE kind = 'citizen'",
            [f"^{_SYNTHETIC}"],
        )
        known, foreign = cursor.fetchone()
    # Files with faults bring a few odd numbers; a real register has nearly all of them so.
    if foreign > 50 and foreign > known // 10:
        raise DemoRefused(
            f"数据库中已有 {foreign} 人的证件号码不属于合成人口，演示不会写入。The database holds people who may be real; the "
            "demonstration keeps away from it. Choose another MINZHENG_HOME or DATABASE_URL for it."
        )


def _write_city(folder: Path, *, scale: int, seed: int, watch: Watcher) -> None:
    if all((folder / name).exists() for name in FILES):
        watch("城市文件", str(folder))
        return
    city = write_city_files(
        folder,
        scale=scale,
        seed=seed,
        on=FILES_ON,
        progress=lambda done, total: watch("城市文件", f"{done}/{total} 个区"),
    )
    watch("城市文件", f"{city.people:,} 人，{city.households:,} 户：{city.folder}")


def _take_in(folder: Path, watch: Watcher) -> None:
    results = load_folder(
        folder,
        period=Month.of(FILES_ON),
        progress=lambda told: watch("接收文件", f"{told.step} {told.file}"),
    )
    failed = [result.name for result in results if result.state != FeedFile.State.APPLIED]
    if failed:
        raise DemoRefused(
            f"以下文件未能写入，请查看 minzheng feeds：{'、'.join(failed)} / these files were not taken"
        )
    watch("接收文件", f"{len(results)} 个文件已写入")


def _run_month(watch: Watcher) -> MonthRun:
    run = run_month(
        MONTH,
        progress=lambda told: watch(
            "月度办理", LABELS[told.step] + (f" {told.done:,}/{told.total:,}" if told.total else "")
        ),
    )
    watch("月度办理", f"{MONTH.chinese}已办理")
    return run
