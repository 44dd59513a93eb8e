"""An explanation as sentences, in plain Chinese and in English, fit for a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minzheng.kernel.money import format_yuan
from minzheng.kernel.periods import Month

if TYPE_CHECKING:
    from minzheng.kernel.rules.explanation import ConditionView, Explanation

_MARKS = {True: "已满足", False: "未满足", None: "待核查"}
_MARKS_EN = {True: "Met", False: "Not met", None: "Not yet checked"}


def _leaves(condition: ConditionView) -> list[ConditionView]:
    """The parts that settled a joined condition: those that failed, or all where it holds."""
    if not condition.parts:
        return [condition]
    chosen = [p for p in condition.parts if p.met == condition.met] or list(condition.parts)
    return [leaf for part in chosen for leaf in _leaves(part)]


def _figures(condition: ConditionView) -> str:
    found = [
        f"{leaf.value_label}为{leaf.value_text}，须{leaf.comparison}{leaf.threshold_text}"
        for leaf in _leaves(condition)
        if leaf.threshold_text
    ]
    return "；".join(dict.fromkeys(found))


def _figures_en(condition: ConditionView) -> str:
    found = [
        f"{leaf.value_text_en} found, {leaf.comparison} {leaf.threshold_text_en} asked"
        for leaf in _leaves(condition)
        if leaf.threshold_text
    ]
    return "; ".join(dict.fromkeys(found))


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


def _rival_sentences(e: Explanation) -> list[tuple[str, str]]:
    made = []
    for rival in e.rivals:
        whom = f"成员 {rival.person_id} 的部分" if rival.person_id and e.unit == "household" else "本项"
        why = f"因“{rival.label}”较高，择高享受" if rival.rule == "choose_higher" else f"因已享受“{rival.label}”，不得重复"
        why_en = (
            f"{rival.label_en} is higher and only the higher is paid"
            if rival.rule == "choose_higher"
            else f"{rival.label_en} is received and excludes it"
        )
        made.append((f"{whom}不发放：{why}（依据：{rival.source}）。", f"Not paid: {why_en} (source: {rival.source})."))
    return made


def sentences(e: Explanation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Chinese, English): the answer, each condition, other support, the sum, and what rests on an assumption."""
    pairs = [_opening(e)]
    for condition in e.conditions:
        figures, figures_en = _figures(condition), _figures_en(condition)
        chinese = f"{_MARKS[condition.met]}：{condition.label}" + (f"——{figures}" if figures else "")
        english = f"{_MARKS_EN[condition.met]}: {condition.label_en}" + (f" – {figures_en}" if figures_en else "")
        papers = "；".join(dict.fromkeys(s for s in (condition.source, condition.threshold_source) if s))
        pairs.append((f"{chinese}（依据：{papers}）。", f"{english} (source: {papers})."))
    pairs += _rival_sentences(e)
    if e.status == "eligible":
        for step in e.steps:
            whom = f"（成员 {step.person_id}）" if step.person_id is not None and e.unit == "household" else ""
            whom_en = f" (member {step.person_id})" if whom else ""
            sum_ = step.text if step.formula == step.text else f"{step.formula} = {step.text}"
            pairs.append((f"计算：{step.label}{whom} {sum_}。", f"Sum: {step.label_en}{whom_en} {sum_}."))
    if e.illustrative:
        marks = "、".join(e.illustrative)
        pairs.append(
            (f"说明：以下内容为示例，尚待正式文件确认：{marks}。", f"Note: illustrative, to be confirmed by a paper: {marks}.")
        )
    return tuple(c for c, _ in pairs), tuple(x for _, x in pairs)
