"""An explanation as sentences, in plain Chinese and in English, fit for a letter."""

from __future__ import annotations

from collections.abc import Mapping

from minzheng.kernel.money import format_yuan
from minzheng.kernel.periods import Month
from minzheng.kernel.rules.views import ConditionView, Explanation

_MARKS = {True: "已满足", False: "未满足", None: "待核查"}
_ASKED = {"<": "低于", "≤": "不超过", ">": "高于", "≥": "不低于", "=": "等于", "≠": "不等于"}
_MARKS_EN = {True: "Met", False: "Not met", None: "Not yet checked"}


def _leaves(condition: ConditionView, *, top: bool = True) -> list[ConditionView]:
    """The parts that settled a joined condition, down to those that carry a name of their own."""
    if not condition.parts or (not top and condition.rule):
        return [condition]
    chosen = [p for p in condition.parts if p.met == condition.met] or list(condition.parts)
    return [leaf for part in chosen for leaf in _leaves(part, top=False)]


def figures(condition: ConditionView, *, english: bool = False) -> str:
    """What was found against what was asked; amounts and counts in figures, the rest as yes or no."""
    found = []
    for leaf in _leaves(condition):
        value = leaf.value_text_en if english else leaf.value_text
        if leaf.threshold_text and leaf.unit:
            asked = leaf.threshold_text_en if english else leaf.threshold_text
            name = leaf.value_label_en if english else leaf.value_label
            found.append(f"{name}: {value}, {leaf.comparison} {asked} asked" if english
                         else f"{name}为{value}，须{_ASKED[leaf.comparison]}{asked}")  # fmt: skip
        elif leaf is not condition and leaf.met is not None:
            name = leaf.label_en if english else leaf.label
            found.append(
                f"{name}: {'yes' if leaf.met else 'no'}"
                if english
                else f"{name}：{'是' if leaf.met else '否'}"
            )
        elif leaf.threshold_text and leaf.value_label != leaf.label and not leaf.value_label.isdigit():
            name = leaf.value_label_en if english else leaf.value_label
            found.append(f"{name}: {value}" if english else f"{name}为{value}")
    return ("; " if english else "；").join(dict.fromkeys(found))


def papers(condition: ConditionView) -> str:
    """The sources, leaving out one that another already contains."""
    wanted = [s for s in (condition.source, condition.threshold_source) if s]
    kept = [s for s in dict.fromkeys(wanted) if not any(s != other and s in other for other in wanted)]
    return "；".join(kept)


def _told(condition: ConditionView) -> str:
    """Who told us the facts behind a condition, and of which day."""
    said = [f"{i.source or i.authority} {i.on}".strip() for i in condition.inputs if i.known and i.on]
    return "、".join(dict.fromkeys(said))


def _opening(e: Explanation) -> tuple[str, str]:
    month = Month.parse(e.month)
    whom, whom_en = ("您", "You") if e.unit == "person" else ("您的家庭", "Your household")
    yuan = format_yuan(e.amount_fen, grouped=True)
    be, qualify = ("do", "qualify") if e.unit == "person" else ("does", "qualifies")
    if e.status == "eligible":
        return (
            f"{month.chinese}，{whom}符合“{e.name}”的条件，每月金额为{yuan}元。",
            f"In {month}, {whom_en.lower()} {qualify} for {e.name_en}: {yuan} yuan a month.",
        )
    if e.status == "may_qualify":
        return (
            f"{month.chinese}，{whom}可能符合“{e.name}”的条件，但有情况尚待核查，暂不能确定。",
            f"In {month}, {whom_en.lower()} may qualify for {e.name_en}; something has still to be checked.",
        )
    if e.rivals and e.gross_status == "eligible":
        return (
            f"{month.chinese}，{whom}本身符合“{e.name}”的条件，但按叠加规定不另行发放。",
            f"In {month}, {whom_en.lower()} would qualify for {e.name_en}, but it is not paid beside other support.",
        )
    return (
        f"{month.chinese}，{whom}不符合“{e.name}”的条件。",
        f"In {month}, {whom_en.lower()} {be} not qualify for {e.name_en}.",
    )


def _rival_sentences(e: Explanation, names: Mapping[int, str]) -> list[tuple[str, str]]:
    made = []
    for rival in e.rivals:
        whom = "本项"
        if rival.person_id is not None and e.unit == "household":
            whom = f"成员 {names.get(rival.person_id, rival.person_id)} 的部分"
        why = (
            f"因“{rival.label}”不低于本项，择高享受"
            if rival.rule == "choose_higher"
            else f"因已享受“{rival.label}”，不得重复"
        )
        why_en = (
            f"{rival.label_en} is at least as high, and only the higher is paid"
            if rival.rule == "choose_higher"
            else f"{rival.label_en} is received and excludes it"
        )
        made.append(
            (
                f"{whom}不发放：{why}（依据：{rival.source}）。",
                f"Not paid: {why_en} (source: {rival.source}).",
            )
        )
    return made


def sentences(e: Explanation, names: Mapping[int, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Chinese, English): the answer, each condition, other support, the sum, what is assumed."""
    pairs = [_opening(e)]
    for condition in e.conditions:
        found, found_en = figures(condition), figures(condition, english=True)
        chinese = f"{_MARKS[condition.met]}：{condition.label}" + (f"——{found}" if found else "")
        english = f"{_MARKS_EN[condition.met]}: {condition.label_en}" + (f" – {found_en}" if found_en else "")
        cited = papers(condition)
        told = _told(condition)
        told_en = f"; facts: {told}" if told else ""
        told = f"；资料：{told}" if told else ""
        pairs.append((f"{chinese}（依据：{cited}{told}）。", f"{english} (source: {cited}{told_en})."))
    pairs += _rival_sentences(e, names)
    if e.status == "eligible":
        for step in e.steps:
            whom = whom_en = ""
            if step.person_id is not None and e.unit == "household":
                name = names.get(step.person_id, str(step.person_id))
                whom, whom_en = f"（成员 {name}）", f" (member {name})"
            sum_ = step.text if step.formula == step.text else f"{step.formula} = {step.text}"
            sum_en = (
                step.text_en if step.formula_en == step.text_en else f"{step.formula_en} = {step.text_en}"
            )
            pairs.append((f"计算：{step.label}{whom} {sum_}。", f"Sum: {step.label_en}{whom_en} {sum_en}."))
    if e.illustrative:
        marks, marks_en = "、".join(e.illustrative), ", ".join(e.illustrative_en)
        pairs.append(
            (
                f"说明：以下内容为示例，尚待正式文件确认：{marks}。",
                f"Note: illustrative, to be confirmed by a paper: {marks_en}.",
            )
        )
    return tuple(c for c, _ in pairs), tuple(x for _, x in pairs)
