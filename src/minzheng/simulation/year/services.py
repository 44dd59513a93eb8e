"""What a month serves: cases at the centres and online, facilities and beds opened, people moving in, inspections."""

from __future__ import annotations

from minzheng.simulation.year import eldercare
from minzheng.simulation.year.counter import close_counters, serve_cases
from minzheng.simulation.year.engine import Step
from minzheng.simulation.year.inspecting import look_at_elder_care

STEPS: tuple[Step, ...] = (
    Step("closed_counters", "窗口开放安排", close_counters),
    Step("cases", "受理与办理", serve_cases),
    Step("elder_care_stands", "养老服务现状", eldercare.stand),
    Step("elder_care", "养老服务", eldercare.elder_care),
    Step("elder_care_looked_at", "队伍、检查与实事项目", look_at_elder_care),
)
