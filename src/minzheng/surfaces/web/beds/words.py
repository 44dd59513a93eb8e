"""Classes, reasons and states in the reader's language; how a page carries out an act."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from minzheng.domains.eldercare_beds.catalogue import classes
from minzheng.kernel.access import may
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.words import is_english

WAITING_STATES = {
    "submitted": (gettext_lazy("待核定"), "info"),
    "waiting": (gettext_lazy("轮候中"), "info"),
    "offered": (gettext_lazy("已配位待答复"), "warn"),
    "placed": (gettext_lazy("已接受待入住"), "good"),
    "admitted": (gettext_lazy("已入住"), "good"),
    "withdrawn": (gettext_lazy("本人撤回"), "neutral"),
    "removed": (gettext_lazy("已退出轮候"), "neutral"),
    "rejected": (gettext_lazy("不予登记"), "bad"),
}
OFFER_STATES = {
    "open": (gettext_lazy("待答复"), "warn"),
    "accepted": (gettext_lazy("已接受"), "good"),
    "refused": (gettext_lazy("已放弃"), "neutral"),
    "expired": (gettext_lazy("逾期未答复"), "bad"),
    "withdrawn": (gettext_lazy("已撤回"), "neutral"),
}
ASSESSMENT_STATES = {
    "requested": (gettext_lazy("已申请待指派"), "info"),
    "assigned": (gettext_lazy("评估中"), "warn"),
    "decided": (gettext_lazy("已确认等级"), "good"),
    "withdrawn": (gettext_lazy("本人撤回"), "neutral"),
}
RUN_STATES = {
    "draft": (gettext_lazy("草案"), "info"),
    "reviewed": (gettext_lazy("已复核"), "special"),
    "issued": (gettext_lazy("已发出"), "good"),
    "discarded": (gettext_lazy("已作废"), "neutral"),
}
register_statuses(
    {
        f"{prefix}_{code}": Status(label, tone)
        for prefix, states in (
            ("waiting", WAITING_STATES),
            ("offer", OFFER_STATES),
            ("assessment", ASSESSMENT_STATES),
            ("run", RUN_STATES),
        )
        for code, (label, tone) in states.items()
    }
)
REASONS = {
    "first": gettext_lazy("首次评估"),
    "again": gettext_lazy("重新评估"),
    "review": gettext_lazy("申请复核"),
}
RULES = {
    "same": gettext_lazy("两名评估员结果一致"),
    "higher": gettext_lazy("相差在允许范围内，取较高等级"),
    "middle": gettext_lazy("三名评估员，取中间等级"),
}
KINDS = {"basic": gettext_lazy("保基本床位"), "dementia": gettext_lazy("认知障碍照护床位")}
SEXES = {1: gettext_lazy("男"), 2: gettext_lazy("女")}
# Why somebody else goes first, or why a bed was not one's own.
WHY = {
    "before_all": gettext_lazy("原机构暂停服务，须先行安置"),
    "district": gettext_lazy("该机构优先本区老人"),
    "class": gettext_lazy("保障类别在前"),
    "grade": gettext_lazy("类别相同，照护等级更高"),
    "since": gettext_lazy("类别和等级相同，申请更早"),
    "number": gettext_lazy("类别、等级和申请日相同，登记号在前"),
    "sex": gettext_lazy("床位仅限另一性别"),
    "kind": gettext_lazy("床位类型不同"),
    "paused": gettext_lazy("您当时在暂停配位期内"),
    "offered": gettext_lazy("您当时已有待答复的配位"),
    "placed": gettext_lazy("您当时已接受其他床位"),
    "better": gettext_lazy("您同时配到了更靠前的志愿"),
    "refused": gettext_lazy("您放弃了该床位"),
    "expired": gettext_lazy("您逾期未答复"),
}
ENDED = {
    "offer": gettext_lazy("接受配位后入住"),
    "replaced": gettext_lazy("转移安置"),
    "elsewhere": gettext_lazy("已入住其他机构"),
    "withdrawn": gettext_lazy("本人撤回"),
    "deceased": gettext_lazy("已死亡"),
    "deregistered": gettext_lazy("户籍已注销或档案已合并"),
    "refusals": gettext_lazy("放弃或逾期次数达到上限"),
}
TABS = (
    ("assessments", gettext_noop("需求评估"), "assessments.look"),
    ("bed_queue", gettext_noop("轮候"), "stays.allocate"),
    ("bed_offers", gettext_noop("配位"), "stays.look"),
    ("bed_runs", gettext_noop("统筹分配"), "stays.allocate"),
    ("bed_pool", gettext_noop("床位池"), "stays.look"),
    ("bed_closures", gettext_noop("转移安置"), "stays.allocate"),
    ("family_beds", gettext_noop("家庭照护床位"), "stays.look"),
)


def tabs(current: str) -> list[NavItem]:
    """The pages of this area that the reader may open."""
    return [NavItem(_(label), reverse(name), name == current) for name, label, needs in TABS if may(needs)]


def class_name(code: str) -> str:
    """A class's name; before it is confirmed there is none."""
    found = classes().get(code)
    if found is None:
        return code or _("待核定")
    return found.name_en if is_english() else found.name


def why_word(code: str) -> str:
    return str(WHY.get(code, code))


def ended_word(text: str) -> str:
    """Why an application ended; a refusal's own words stand in both languages."""
    if text in ENDED:
        return str(ENDED[text])
    return said(ValueError(text)) if text else ""
