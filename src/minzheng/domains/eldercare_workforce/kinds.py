"""The words of the workforce: posts, degrees, skill levels, levels of a contest."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CARE = "care"
POSTS = {
    CARE: _("养老护理员"),
    "nurse": _("护士"),
    "doctor": _("医师"),
    "therapist": _("康复治疗师"),
    "social": _("社会工作者"),
    "manager": _("管理人员"),
    "other": _("其他人员"),
}
NO_DEGREE = "none"
DEGREES = {
    NO_DEGREE: _("未登记学历"),
    "secondary": _("中等职业教育"),
    "college": _("高等职业教育（大专）"),
    "bachelor": _("本科及以上"),
}
#: 国家职业技能等级: five is where one begins, one the highest.
LEVELS = {
    5: _("五级（初级工）"),
    4: _("四级（中级工）"),
    3: _("三级（高级工）"),
    2: _("二级（技师）"),
    1: _("一级（高级技师）"),
}
ENDS = {"resigned": _("辞职"), "expired": _("合同期满"), "dismissed": _("解除合同"), "retired": _("退休")}
CONTESTS = {"district": _("区级"), "city": _("市级"), "national": _("全国")}
