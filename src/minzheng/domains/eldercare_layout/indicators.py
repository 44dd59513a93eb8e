"""Figures of the layout plan and of promises: planned sites, and what was accepted as done (统计指标)."""

from __future__ import annotations

from minzheng.kernel.indicators.model import Dimension, Identity, Indicator, Kind, Measure, Ratio

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
