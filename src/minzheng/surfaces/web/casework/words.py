"""Names of items, states, steps and acts in the reader's language, each state with the one colour it has everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from minzheng.kernel.cases.jurisdiction import place_of_step
from minzheng.kernel.cases.models import Case
from minzheng.kernel.items import ItemNotInForce, item_version, items_on, vocabulary
from minzheng.kernel.items.model import Item, Step
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.surfaces.web.work.words import is_english, role_word

STATES: dict[str, tuple[Promise, str]] = {
    "draft": (_("填写中"), "neutral"),
    "submitted": (_("待受理"), "info"),
    "correcting": (_("待补正"), "warn"),
    "accepted": (_("办理中"), "info"),
    "checking": (_("核对中"), "special"),
    "examined": (_("待决定"), "info"),
    "publicised": (_("公示中"), "special"),
    "proposed": (_("待复核确认"), "warn"),
    "passed_on": (_("已转送"), "special"),
    "granted": (_("准予"), "good"),
    "refused": (_("不予"), "bad"),
    "not_accepted": (_("不予受理"), "bad"),
    "withdrawn": (_("已撤回"), "neutral"),
    "lapsed": (_("逾期未补正"), "neutral"),
    "abandoned": (_("未提交"), "neutral"),
    "ended": (_("终止办理"), "neutral"),
}
PAPER_STATES: dict[str, tuple[Promise, str]] = {
    "wanted": (_("待提交"), "warn"),
    "fetched": (_("免交"), "good"),
    "submitted": (_("已提交"), "good"),
    "promised": (_("告知承诺"), "info"),
    "later": (_("容缺后补"), "special"),
    "not_needed": (_("无需提交"), "neutral"),
    "rejected": (_("不合格"), "bad"),
}
DISPUTE_STATES: dict[str, tuple[Promise, str]] = {
    "open": (_("待核实"), "warn"),
    "corrected": (_("已更正"), "good"),
    "upheld": (_("维持原数据"), "neutral"),
}
REVIEW_STATES: dict[str, tuple[Promise, str]] = {
    "filed": (_("已提出"), "info"),
    "in_hand": (_("审理中"), "info"),
    "upheld": (_("改变原决定"), "special"),
    "dismissed": (_("维持原决定"), "neutral"),
    "not_accepted": (_("不予受理"), "bad"),
    "withdrawn": (_("已撤回"), "neutral"),
}
ALIKE_STATES: dict[str, tuple[Promise, str]] = {
    "open": (_("待处理"), "warn"),
    "reopened": (_("已重新办理"), "good"),
    "kept": (_("维持"), "neutral"),
}
CHECK_STATES: dict[str, tuple[Promise, str]] = {
    "requested": (_("已委托，待反馈"), "special"),
    "answered": (_("已出报告"), "good"),
    "objected": (_("当事人有异议"), "warn"),
    "settled": (_("异议已处理"), "good"),
    "expired": (_("报告已过期"), "bad"),
    "stopped": (_("已停止"), "neutral"),
}
FOLLOW_UPS: dict[str, tuple[Promise, str]] = {
    "none": (_("无需回访"), "neutral"),
    "open": (_("待回访"), "warn"),
    "done": (_("已回访"), "good"),
}
HELP_STATES: dict[str, tuple[Promise, str]] = {
    "waiting": (_("等待帮办"), "warn"),
    "answered": (_("已答复"), "good"),
    "closed": (_("已结束"), "neutral"),
}
# Each register of states has its own prefix, since one word such as `open` means different things in them.
for _prefix, _table in (
    ("case", STATES), ("paper", PAPER_STATES), ("dispute", DISPUTE_STATES), ("review", REVIEW_STATES),
    ("alike", ALIKE_STATES), ("check", CHECK_STATES), ("followup", FOLLOW_UPS), ("help", HELP_STATES),
):  # fmt: skip
    register_statuses({f"{_prefix}_{code}": Status(label, tone) for code, (label, tone) in _table.items()})

CHANNELS: dict[str, Promise] = {
    "counter": _("窗口"),
    "online": _("网上"),
    "phone": _("电话帮办"),
    "home": _("上门代办"),
    "automatic": _("免申即享"),
}
STEPS: dict[str, Promise] = {
    "accept": _("受理"),
    "check": _("核对"),
    "examine": _("审核"),
    "publicise": _("公示"),
    "pass_on": _("转送主管部门"),
    "decide": _("决定"),
}
CLOCKS: dict[str, Promise] = {
    "accept": _("受理期限"),
    "correct": _("补正期限"),
    "check": _("核对期限"),
    "examine": _("审核期限"),
    "publicise": _("公示期"),
    "answer": _("部门答复期限"),
    "decide": _("决定期限"),
}
OUTCOMES: dict[str, Promise] = {"granted": _("准予"), "refused": _("不予")}
RESULTS: dict[str, Promise] = {
    "award": _("待遇"),
    "certificate": _("证明"),
    "registration": _("登记"),
    "status": _("身份认定"),
    "answer": _("答复"),
}
LETTERS: dict[str, Promise] = {
    "receipt": _("收件凭证"),
    "accepted": _("受理通知书"),
    "correction": _("补正通知书"),
    "not_accepted": _("不予受理通知书"),
    "passed_on": _("转送告知书"),
    "paused": _("中止时限告知书"),
    "decision": _("决定书"),
    "certificate": _("证明"),
    "lapsed": _("终止办理告知书"),
    "review": _("复核决定书"),
    "joined": _("联办进度告知书"),
}
#: What was done, as the history says it.
ACTS: dict[str, Promise] = {
    "open": _("新建办件"),
    "submit": _("提交申请"),
    "take_in": _("收件入库"),
    "take_over": _("窗口接续办理"),
    "hand_in": _("提交材料"),
    "promise": _("告知承诺"),
    "reject_paper": _("材料不合格"),
    "dispute": _("提出数据异议"),
    "accept": _("受理"),
    "accept_by_silence": _("逾期视为受理"),
    "ask_correction": _("一次性告知补正"),
    "resubmit": _("补正完成"),
    "resume": _("恢复计时"),
    "not_accepted": _("不予受理"),
    "pass_on": _("转送主管部门"),
    "give_back": _("主管部门退回"),
    "begin_check": _("委托核对"),
    "end_check": _("核对结果反馈"),
    "examine": _("审核"),
    "publicise": _("开始公示"),
    "publication_objection": _("公示异议"),
    "close_publication": _("公示结束"),
    "propose": _("提出决定"),
    "disagree": _("复核不同意"),
    "decide": _("决定"),
    "send_back": _("退回重新审核"),
    "reroute": _("移送管辖"),
    "withdrawn": _("撤回申请"),
    "abandoned": _("放弃填写"),
    "lapse": _("逾期未补正，终止"),
    "end": _("终止办理"),
    "escalate": _("超期督办"),
    "ask_authorisations": _("提请授权"),
    "authorised": _("全体成员已授权"),
    "authorisation_revoked": _("授权已撤回"),
    "check_objection": _("核对异议"),
    "check_settled": _("核对异议已处理"),
    "check_anew": _("重新核对"),
    "stop_check": _("停止核对"),
    "dispute_settled": _("数据异议已处理"),
    "rate": _("好差评"),
    "follow_up_rating": _("回访"),
    "uphold_review": _("复核改变决定"),
    "file_review": _("申请复核"),
    "take_up_review": _("受理复核"),
    "withdraw_review": _("撤回复核"),
    "keep_alike": _("同类案件维持"),
    "escalate_review": _("复核超期督办"),
}
NO_ITEM = gettext_lazy("（事项已不在目录中）")


def item_name(item: Item) -> str:
    return item.name_en if is_english() else item.name


def group_name(item: Item) -> str:
    return item.group_en if is_english() else item.group


def department_name(code: str) -> str:
    """A department's name in the reader's language; the short name where the vocabulary has none."""
    known = vocabulary().departments.get(code)
    return (known.name_en if is_english() else known.name) if known else code


def item_of_row(case: Case) -> Item | None:
    """The item of a case in a list; None where it is no longer declared, which must not break the list."""
    try:
        return item_version(case.item, case.item_version)
    except (KeyError, ItemNotInForce):
        return None


def case_title(case: Case) -> str:
    item = item_of_row(case)
    return item_name(item) if item else f"{case.item} {NO_ITEM}"


def step_word(step: Step) -> str:
    """A step's name, with what is checked where it is a check."""
    return str(STEPS[step.kind.value])


def who_has(step: Step, case: Case) -> str:
    """Who does a step: the role and the place, in words."""
    place = place_of_step(step, case)
    return f"{place_word(place)} · {role_word(step.role)}"


def place_word(code: str) -> str:
    """A place by its path, such as 崇明区城桥镇; the code itself where the tree does not know it."""
    return path_names([code]).get(code, code) if code else ""


def place_words(codes: Iterable[str]) -> dict[str, str]:
    """Places by their paths, with one query."""
    wanted = {code for code in codes if code}
    found = path_names(wanted)
    return {code: found.get(code) or code for code in wanted}


def act_word(act: str) -> str:
    return str(ACTS.get(act, act))


def offered_items(on, channel: str) -> list[Item]:  # type: ignore[no-untyped-def]
    """The items that may be applied for in a way on a day, in the order of the catalogue."""
    return [item for item in items_on(on) if channel in {one.value for one in item.channels}]
