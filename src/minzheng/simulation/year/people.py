"""What happens to people in a month: births, deaths, moves, work, illness and disability, marriages and divorces."""

from __future__ import annotations

from minzheng.simulation.year import births, deaths, health, moves, weddings, work
from minzheng.simulation.year.engine import Step

STEPS: tuple[Step, ...] = (
    Step("registries", "婚姻登记处", weddings.open_registries),
    Step("deaths", "死亡", deaths.die),
    Step("births", "出生", births.be_born),
    Step("leaving", "离沪", moves.leave),
    Step("coming", "来沪", moves.come),
    Step("moving", "迁居", moves.move),
    Step("work", "就业和养老金", work.work),
    Step("illness", "医疗", health.fall_ill),
    Step("disability", "残疾证", health.certify),
    Step("means", "家庭经济核对", health.check_assets),
    Step("marriages", "结婚", weddings.marry),
    Step("divorces", "离婚", weddings.divorce),
)
