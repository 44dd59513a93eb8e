"""The words of elder care: kinds of facility and bed, forms of medical care, entitlement to a basic bed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HOME, CENTRE, MEAL_SITE = "eldercare_home", "community_centre", "meal_site"
DAY_CARE, FAMILY_BED = "day_care", "family_bed"
KINDS = {
    HOME: _("养老院"),
    CENTRE: _("社区综合为老服务中心"),
    MEAL_SITE: _("助餐点"),
    DAY_CARE: _("日间照护机构"),
    FAMILY_BED: _("家庭照护床位服务机构"),
}
#: The letters a facility's code begins with, e.g. EH-310107-0003.
PREFIXES = {HOME: "EH", CENTRE: "CC", MEAL_SITE: "MS", DAY_CARE: "DC", FAMILY_BED: "FB"}

BASIC, MARKET, DEMENTIA = "basic", "market", "dementia"
BEDS = {BASIC: _("保基本床位"), MARKET: _("市场床位"), DEMENTIA: _("认知障碍照护床位")}

OWN_CLINIC, CONTRACTED, NO_MEDICAL = "own", "contracted", "none"
MEDICAL = {OWN_CLINIC: _("内设医疗机构"), CONTRACTED: _("签约医疗机构"), NO_MEDICAL: _("暂无")}

#: 沪民规〔2022〕15号: hukou elders of grade 3 or higher, confirmed cognitive impairment, or one of the groups.
NOT_ENTITLED = "none"
ENTITLEMENTS = {
    "grade": _("户籍老人，照护三级及以上"),
    "dementia": _("确诊认知障碍"),
    "extreme_poverty": _("特困人员"),
    "preferential": _("优抚对象"),
    "special_family": _("计划生育特殊家庭"),
    NOT_ENTITLED: _("不符合保基本条件"),
}
ABSENCES = {"hospital": _("住院"), "home": _("回家"), "other": _("其他")}
INCIDENTS = {
    "fall": _("跌倒"),
    "missing": _("走失"),
    "choking": _("噎食"),
    "injury": _("意外伤害"),
    "infection": _("聚集性感染"),
    "fire": _("火灾"),
    "death": _("非正常死亡"),
    "other": _("其他"),
}
LICENCES = {
    "food": _("食品经营许可证"),
    "fire": _("消防验收或备案"),
    "medical": _("医疗机构执业许可或备案"),
    "building": _("房屋安全鉴定"),
}
