"""The demonstration's promises: targets of 2022, plan indicators, evidence from the synthetic facilities opened in the year.

The values of the promises are those of the work summary, in a small city at its scale and never below one; how they are shared out over districts, the plan's yearly values and
floor areas are illustrative. What is done is never taken from the summary: it is what the synthetic registers show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.db.models import Count

from minzheng.domains.eldercare_facilities.kinds import CENTRE, HOME, MEAL_SITE
from minzheng.kernel.access import acting
from minzheng.kernel.access.models import Post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.places.models import Division
from minzheng.kernel.stays.models import Bed
from minzheng.kernel.targets.actions import accept, report_record, report_records, set_shares, set_target
from minzheng.kernel.targets.models import Evidence, FacilityArea, Target
from minzheng.simulation.models import SimulatedCity

YEAR, WAITING = 2022, 12
SUMMARY = "2022年上海民政工作总结：以所载年度数作为目标值；完成情况另按登记记录计算"
PROMISES = (
    ("centres", "新增社区综合为老服务中心", "New community service centres for elders", "个", 50, "养老服务处"),
    ("meal-sites", "新增社区老年助餐场所", "New meal sites for elders", "个", 200, "养老服务处"),
    ("beds", "新增养老床位", "New elder-care beds", "张", 5781, "养老服务处"),
    ("dementia-beds", "改建认知障碍照护床位", "Beds converted to dementia care", "张", 2136, "养老服务处"),
    ("homes-adapted", "居家环境适老化改造", "Homes adapted for elders", "户", 6804, "养老服务处"),
    ("child-stations", "街镇未成年人保护工作站", "Child-protection stations of streets and towns", "家", 221, "儿童福利处"),
)  # fmt: skip
ASSUMED = "示例：规划文本的取值未见原文"
# code, plan, title, English, unit, value of 2025, base value of 2020, owner, count, value of 2022
INDICATORS = (
    ("service-area", "上海市城乡社区服务体系建设“十四五”规划", "每百户城乡社区服务设施面积", "Service area per hundred households",
     "平方米", 30, 24, "基层政权和社区治理处", "service_area_per_100_households", 27),
    ("social-workers", "上海市社会工作人才队伍建设“十四五”规划", "持证社会工作者", "Certified social workers",
     "人", 45_000, 31_000, "社会工作处", "certified_social_workers", 37_000),
    ("social-work-stations", "上海市社会工作人才队伍建设“十四五”规划", "社会工作服务站", "Social-work stations",
     "个", 600, 400, "社会工作处", "social_work_stations", 480),
)  # fmt: skip


def prepare_targets(*, on: date, watch: Callable[[str, str], None]) -> int:
    """Sets targets and plan indicators, links the facilities and beds of the year, and accepts most of what was reported.

    Call it outside of any acting block; a repeat adds nothing. Returns the number of targets.
    """
    reporter, judge = (
        Post.objects.get(official__user__username=name, role="city_policy_officer")
        for name in ("shizheng", "shizhengfu")
    )
    if _is_done(reporter):
        watch("实事项目", "此前已编制")
        return len(PROMISES) + len(INDICATORS)
    with acting(reporter):
        scale = SimulatedCity.objects.order_by("pk").values_list("scale", flat=True).first() or 1
        targets = _set(_streets(on), scale)
        _floors()
        _report(targets, on)
    with acting(judge):
        # The latest reports still wait, so that there is something to decide.
        reported = Evidence.objects.filter(state=Evidence.State.REPORTED).order_by("-happened_on", "-pk")
        waiting = min(WAITING, reported.count() // 4)
        accepted = accept(evidence=list(reported.only("pk")[waiting:]), on=on)
    watch("实事项目", f"{len(targets)} 项，已核定佐证 {accepted:,} 条")
    return len(targets)


def _is_done(post: Post) -> bool:
    with acting(post):
        return Evidence.objects.filter(state=Evidence.State.ACCEPTED).exists()


def _streets(on: date) -> dict[str, int]:
    """How many streets and towns each district has."""
    rows = Division.objects.filter(
        level=Division.Level.STREET, kind__in=["street", "town", "township"], during__contains=on
    )
    return dict(rows.values_list("parent_id").annotate(n=Count("pk")).order_by("parent_id"))


def shared_out(value: int, weights: Mapping[str, int]) -> dict[str, int]:
    """A whole number shared out by weight, largest remainders first, so that the parts add up.

    >>> shared_out(10, {"a": 1, "b": 1, "c": 1})
    {'a': 4, 'b': 3, 'c': 3}
    """
    total = sum(weights.values())
    parts = {code: value * weight // total for code, weight in weights.items()}
    by_rest = sorted(weights, key=lambda code: (-(value * weights[code] % total), code))
    for code in by_rest[: value - sum(parts.values())]:
        parts[code] += 1
    return parts


def _set(streets: dict[str, int], scale: int) -> dict[str, Target]:
    made = {}
    at_scale = "" if scale == 1 else f"（按 1:{scale:,} 折算，不足一的计一）"
    for code, title, english, unit, whole_city, owner in PROMISES:
        # Streets and towns stand in full in a city of any size.
        own = 1 if code == "child-stations" else scale
        value = max(1, round(whole_city / own))
        made[code] = set_target(
            code=f"{YEAR}-{code}", kind=Target.Kind.PROJECT, plan=f"{YEAR}年为民办实事项目", title=title, title_en=english,
            unit=unit, year=YEAR, value=value, owner=owner, due_on=date(YEAR, 12, 31), source=SUMMARY + (at_scale if own > 1 else ""),
            provenance="seed" if own == 1 else "illustrative",
            shares=shared_out(value, streets),
        )  # fmt: skip
    for code, plan, title, english, unit, value, base, owner, count, now in INDICATORS:
        made[code] = set_target(
            code=f"2025-{code}", kind=Target.Kind.PLAN, plan=plan, title=title, title_en=english, unit=unit, year=2025,
            value=value, base_year=2020, base_value=base, owner=owner, count=count, due_on=date(2025, 12, 31), source=ASSUMED,
            provenance="illustrative",
        )  # fmt: skip
        is_ratio = count.endswith("households")
        for year, whole in ((2022, now), (2025, value)):
            parts = dict.fromkeys(streets, whole) if is_ratio else shared_out(whole, streets)
            set_shares(target=made[code], year=year, values={"310000": whole, **parts})
    return made


def _floors() -> None:
    """A floor area for every centre and meal site, by its number: 800 to 2,000 and 60 to 180 square metres."""
    FacilityArea.objects.bulk_create(
        (
            FacilityArea(
                facility=one, division_code=one.division_code, source="合成", provenance="illustrative",
                square_metres=800 + one.pk * 37 % 1200 if one.kind == CENTRE else 60 + one.pk * 7 % 120,
            )
            for one in Facility.objects.filter(kind__in=[CENTRE, MEAL_SITE])
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def _report(targets: dict[str, Target], on: date) -> None:
    opened = Facility.objects.filter(during__startswith__gte=date(YEAR, 1, 1), during__startswith__lte=on)
    for code, kind in (("centres", CENTRE), ("meal-sites", MEAL_SITE)):
        rows = (
            opened.filter(kind=kind)
            .order_by("pk")
            .values_list("pk", "division_code", "name", "during__startswith")
        )
        report_records(target=targets[code], kind="facilities.facility", records=rows)
    beds = Bed.objects.filter(
        during__startswith__gte=date(YEAR, 1, 1), during__startswith__lte=on, facility__kind=HOME
    ).order_by("pk")
    told = [
        (pk, place, f"{home} {room}-{label}", since, kind)
        for pk, place, home, room, label, since, kind in beds.values_list(
            "pk", "division_code", "facility__name", "room", "label", "during__startswith", "kind"
        )
    ]
    report_records(target=targets["beds"], kind="stays.bed", records=[row[:4] for row in told])
    report_records(
        target=targets["dementia-beds"],
        kind="stays.bed",
        records=[row[:4] for row in told if row[4] == "dementia"],
    )
    coming = Facility.objects.filter(kind__in=[CENTRE], during__startswith__gt=on).order_by("pk")[:20]
    for one in coming:
        report_record(
            target=targets["centres"], kind="facilities.facility", pk=one.pk, expected_on=one.during.lower
        )
