"""Figures of the layout plan and of promises: planned sites, and what was accepted as done (统计指标)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import F

from minzheng.domains.eldercare_layout.working_rules import plan_entry, plan_years
from minzheng.kernel.indicators.model import (
    Dimension,
    Entry,
    Fact,
    Identity,
    Indicator,
    Kind,
    Measure,
    Ratio,
    Told,
)
from minzheng.kernel.targets.models import Target

_PROMISE = """
    SELECT e.id, e.happened_on AS on_day, e.division_code, t.code AS target, e.record_kind AS record, e.amount::bigint AS amount
    FROM targets_evidence e JOIN targets_target t ON t.id = e.target_id
    WHERE e.state = '{state}' AND t.kind = 'project' AND e.happened_on BETWEEN %(first)s AND %(last)s"""
_DIMENSIONS = (
    Dimension("target", "实事项目", "Promise"),
    Dimension("record", "佐证类别", "Kind of evidence"),
)

INDICATORS = (
    Indicator(
        id="targets.accepted", name="实事项目已核定完成数", name_en="Promises: accepted as done", unit="各项目单位",
        kind=Kind.FLOW, rows=_PROMISE.format(state="accepted"), source="佐证（市级已核定）", measure=Measure.SUM,
        tables=("targets_evidence", "targets_target"), dimensions=_DIMENSIONS,
    ),
    Indicator(
        id="targets.waiting", name="实事项目待核定数", name_en="Promises: reported and not decided", unit="各项目单位",
        kind=Kind.FLOW, rows=_PROMISE.format(state="reported"), source="佐证（待核定）", measure=Measure.SUM,
        tables=("targets_evidence", "targets_target"), dimensions=_DIMENSIONS,
    ),
    Indicator(
        id="layout.planned_sites", name="列入规划的拟建服务中心", name_en="Service centres put into the layout plan", unit="处",
        kind=Kind.STOCK, source="选址方案（列入规划）", tables=("eldercare_layout_plansite", "eldercare_layout_plan"),
        rows="""SELECT s.id, p.adopted_on AS on_day, s.division_code
                FROM eldercare_layout_plansite s JOIN eldercare_layout_plan p ON p.id = s.plan_id
                WHERE NOT s.is_standing AND p.adopted_on <= %(on)s""",
    ),
)  # fmt: skip
RATIOS: tuple[Ratio, ...] = ()
IDENTITIES: tuple[Identity, ...] = ()


def _layout_plan(start: date, until: date, place: str) -> Mapping[str, Told]:
    """The layout plan's years, from the first day of its period on; the same everywhere."""
    entry = plan_entry(until)
    if entry is None:
        return {}
    near, far = plan_years(until)
    values = {"period": f"{entry.from_.year}/{far}", "near_year": str(near), "far_year": str(far)}
    return {f"elder_care.layout_plan_{code}": Told(value, (entry,)) for code, value in values.items()}


def _five_years(start: date, until: date, place: str) -> Mapping[str, Told]:
    """The five years of the plans whose indicators bind the year (五年规划); one query, and nothing where they differ."""
    year = until.year
    plans = Target.objects.filter(
        kind=Target.Kind.PLAN, base_year__lt=year, year__gte=year, year=F("base_year") + 5
    )
    found = list(plans.order_by("plan", "pk"))
    periods = {f"{one.year - 4}/{one.year}" for one in found}
    if len(periods) != 1:
        return {}
    records = tuple(
        Entry(f"{one.plan}：{one.title}", one.source, opens="target", key=one.pk, provenance=one.provenance)
        for one in found
    )
    return {"document.plan_period": Told(periods.pop(), records=records)}


def _layout(code: str, name: str, name_en: str, unit: str) -> Fact:
    code = f"elder_care.layout_plan_{code}"
    return Fact(code, name, name_en, unit, _layout_plan, "eldercare_layout.plan_years", seed_id=code)


FACTS = (
    _layout("period", "养老设施布局规划期", "Years of the layout plan", "year_range"),
    _layout("near_year", "布局规划近期目标年", "Near year of the layout plan", "year"),
    _layout("far_year", "布局规划远期目标年", "Far year of the layout plan", "year"),
    Fact("document.plan_period", "五年规划期", "Years of the five-year plan", "year_range", _five_years,
         "规划指标：基期的次年至目标年", seed_id="document.plan_period"),
)  # fmt: skip
