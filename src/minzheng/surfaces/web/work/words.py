"""Names and states in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from minzheng.kernel.access import role_name
from minzheng.kernel.places.queries import names
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.programmes import benefit_by_code, load_programmes
from minzheng.kernel.ui.statuses import Status, register_statuses

LEAD_KINDS = {
    "qualifies": (gettext_lazy("符合未享受"), "info"),
    "may_qualify": (gettext_lazy("可能符合"), "warn"),
    "increase": (gettext_lazy("应调增"), "good"),
    "decrease": (gettext_lazy("应调减"), "special"),
    "ends": (gettext_lazy("不再符合"), "bad"),
    "recheck": (gettext_lazy("在享待复核"), "warn"),
}
LEAD_STATES = {
    "open": (gettext_lazy("待走访"), "info"),
    "visited": (gettext_lazy("已走访"), "good"),
    "not_found": (gettext_lazy("未找到"), "warn"),
    "applied": (gettext_lazy("已申请"), "special"),
    "declined": (gettext_lazy("本人不申请"), "neutral"),
    "opted_out": (gettext_lazy("本人放弃"), "neutral"),
    "granted": (gettext_lazy("已办结"), "good"),
    "refused": (gettext_lazy("不予确认"), "bad"),
    "closed": (gettext_lazy("已关闭"), "neutral"),
}
LEAD_REASONS = {
    "meets_conditions": gettext_lazy("符合规定条件"),
    "check_missing": gettext_lazy("尚缺核对结果"),
    "standard_changed": gettext_lazy("发放标准调整"),
    "facts_changed": gettext_lazy("登记情况变化"),
    "deceased": gettext_lazy("已死亡"),
    "no_longer_eligible": gettext_lazy("不再符合条件"),
    "facts_and_standard_changed": gettext_lazy("标准和登记情况都有变化"),
    "conditions_not_met": gettext_lazy("不再符合条件"),
    "hukou_not_local": gettext_lazy("户籍不在本市"),
    "deregistered": gettext_lazy("户籍已注销"),
    "visited": gettext_lazy("已走访"),
    "not_found": gettext_lazy("未找到本人"),
    "declined": gettext_lazy("本人不申请"),
    "applied": gettext_lazy("本人提出申请"),
    "confirmed": gettext_lazy("按认定结果确认"),
    "confirmed_together": gettext_lazy("批量确认"),
}
NOTICE_STATES = {
    "issued": (gettext_lazy("异议期内"), "info"),
    "objected": (gettext_lazy("有异议待处理"), "warn"),
    "effective": (gettext_lazy("已生效"), "good"),
    "withdrawn": (gettext_lazy("已撤回"), "neutral"),
    "opted_out": (gettext_lazy("本人放弃"), "neutral"),
}
ORDER_STATES = {
    "drafted": (gettext_lazy("待入批"), "neutral"),
    "held": (gettext_lazy("暂缓"), "warn"),
    "in_batch": (gettext_lazy("已入批"), "info"),
    "sent": (gettext_lazy("已送银行"), "info"),
    "paid": (gettext_lazy("已到账"), "good"),
    "returned": (gettext_lazy("银行退票"), "bad"),
    "reissued": (gettext_lazy("已重发"), "special"),
    "cancelled": (gettext_lazy("已取消"), "neutral"),
}
BATCH_STATES = {
    "prepared": (gettext_lazy("待审批"), "warn"),
    "approved": (gettext_lazy("已审批"), "info"),
    "sent": (gettext_lazy("已送银行"), "special"),
    "settled": (gettext_lazy("已结清"), "good"),
    "withdrawn": (gettext_lazy("已撤回"), "neutral"),
}
RETURN_STATES = {
    "open": (gettext_lazy("待处理"), "warn"),
    "reissued": (gettext_lazy("已重发"), "good"),
    "given_up": (gettext_lazy("已退回预算"), "neutral"),
    "done": (gettext_lazy("已办结"), "good"),
}
ROW_OUTCOMES = {
    "settled": (gettext_lazy("已到账"), "good"),
    "returned": (gettext_lazy("银行退票"), "bad"),
    "repeated": (gettext_lazy("已处理过"), "neutral"),
    "unreadable": (gettext_lazy("无法识别"), "bad"),
    "unknown_order": (gettext_lazy("没有这笔指令"), "bad"),
    "wrong_amount": (gettext_lazy("金额不符"), "bad"),
    "not_sent": (gettext_lazy("尚未送银行"), "warn"),
    "contradiction": (gettext_lazy("与已入账结果矛盾"), "bad"),
}
ORDER_KINDS = {
    "regular": gettext_lazy("当月发放"),
    "arrears": gettext_lazy("补发"),
    "correction": gettext_lazy("差额补发"),
    "reissue": gettext_lazy("退票重发"),
}
HOLDS = {
    "no_account": gettext_lazy("没有可用的银行账户"),
    "no_name": gettext_lazy("没有领款人姓名"),
    "bad_account": gettext_lazy("银行账号格式不对"),
    "payee_dead": gettext_lazy("领款人已死亡，须指定新的领款人"),
    "payee_merged": gettext_lazy("档案已合并，同一待遇重复，须终止其一"),
    "name_unfit": gettext_lazy("姓名不能写入银行文件"),
}
ENTRY_KINDS = {
    "commit": gettext_lazy("承付"),
    "send": gettext_lazy("送银行"),
    "settle": gettext_lazy("到账"),
    "return": gettext_lazy("退票"),
    "give_up": gettext_lazy("退回预算"),
    "reversal": gettext_lazy("冲销"),
    "claim": gettext_lazy("确认多发"),
    "unclaim": gettext_lazy("多发减少"),
    "set_off": gettext_lazy("抵扣多发"),
    "repay": gettext_lazy("收回多发"),
    "write_off": gettext_lazy("免除多发"),
    "restore": gettext_lazy("恢复已免除"),
}
OVERPAID_STATES = {
    "open": (gettext_lazy("待处理"), "warn"),
    "recovered": (gettext_lazy("已追回"), "good"),
    "waived": (gettext_lazy("已免除"), "neutral"),
    "dropped": (gettext_lazy("应发已恢复"), "neutral"),
}
SETTLEMENT_STATES = {
    "proposed": (gettext_lazy("待复核"), "warn"),
    "approved": (gettext_lazy("已决定"), "good"),
    "refused": (gettext_lazy("未同意"), "bad"),
    "replaced": (gettext_lazy("已由新决定代替"), "neutral"),
}
CORRECTION_STATES = {
    "applied": (gettext_lazy("已更正"), "good"),
    "left": (gettext_lazy("待人工核定"), "warn"),
}
SETTLEMENT_WAYS = {
    "set_off": gettext_lazy("从以后的发放中抵扣"),
    "recovery": gettext_lazy("请家庭退回"),
    "waiver": gettext_lazy("免予追回"),
}
OVERPAID = {
    "lowered_after_payment": gettext_lazy("发放后标准下调或待遇终止"),
    "learnt_later": gettext_lazy("发放后得知新的情况"),
    "paid_after_death": gettext_lazy("死亡后仍发放"),
    "deceased": gettext_lazy("死亡后仍发放"),
    "ended": gettext_lazy("终止后仍发放"),
    "due_again": gettext_lazy("重新核对后应发"),
}
CORRECTED = {
    "learnt_later": gettext_lazy("发放后得知新的情况"),
    "other_amount": gettext_lazy("原来的金额由人工核定或接管而来"),
    "check_missing": gettext_lazy("还缺核对"),
    "before_start": gettext_lazy("早于待遇的起始月份"),
    "after_end": gettext_lazy("待遇当时已经终止"),
}
STEPS = {
    "snapshot": gettext_lazy("人口快照"),
    "evaluate": gettext_lazy("认定"),
    "findings": gettext_lazy("认定结果入库"),
    "outreach": gettext_lazy("主动发现"),
    "adjust": gettext_lazy("待遇调整"),
    "draft": gettext_lazy("生成发放清单"),
}

# Each register of states has its own prefix, since one word such as `open` means different things in them.
for _prefix, _table in (
    ("kind", LEAD_KINDS),
    ("lead", LEAD_STATES),
    ("notice", NOTICE_STATES),
    ("order", ORDER_STATES),
    ("batch", BATCH_STATES),
    ("return", RETURN_STATES),
    ("row", ROW_OUTCOMES),
    ("over", OVERPAID_STATES),
    ("settlement", SETTLEMENT_STATES),
    ("correction", CORRECTION_STATES),
):
    register_statuses({f"{_prefix}_{code}": Status(label, tone) for code, (label, tone) in _table.items()})


def is_english() -> bool:
    return (get_language() or "zh").startswith("en")


def programme_name(code: str) -> str:
    """A programme's name; the code itself where it is no longer installed."""
    for programme in load_programmes():
        if programme.code == code:
            return programme.name_en if is_english() else programme.name
    return code


def benefit_name(code: str) -> str:
    """A benefit's name; the code itself where it is no longer installed."""
    try:
        _programme, benefit = benefit_by_code(code)
    except KeyError:
        return code
    return benefit.name_en if is_english() else benefit.name


def role_word(role: str) -> str:
    """A role's name in the reader's language."""
    return _(role_name(role))


def place_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of places, each code answered: the city stands for what is not known closer."""
    wanted = {code for code in codes if code}
    found = names(wanted)
    return {code: found.get(code, _("本市（未定居住地）") if code == CITY else code) for code in wanted}


def due_words(due: date, on: date) -> tuple[str, str]:
    """How near a deadline is, in words, with the tone it is shown in."""
    days = (due - on).days
    if days < 0:
        return _("逾期 %(days)s 天") % {"days": -days}, "bad"
    if days == 0:
        return _("今天到期"), "bad"
    if days <= 7:
        return _("还有 %(days)s 天") % {"days": days}, "warn"
    return _("还有 %(days)s 天") % {"days": days}, "info"


WEEKDAYS = [
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
]


def day_words(day: date) -> str:
    """A day with its weekday: 8月12日（周五）."""
    return _("%(month)s月%(day)s日（%(weekday)s）") % {
        "month": day.month,
        "day": day.day,
        "weekday": WEEKDAYS[day.weekday()],
    }
