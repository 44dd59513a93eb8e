"""A service item as a resident reads it: who may apply, what to bring and what not, how long each step takes.

Everything is read off the declaration; no page writes its own story about an item.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from minzheng.kernel.cases.answers import known_values
from minzheng.kernel.items import vocabulary
from minzheng.kernel.items.model import (
    Channel,
    Field,
    FieldType,
    IfDown,
    Item,
    Jurisdiction,
    Material,
    ResultKind,
    Step,
    StepKind,
)
from minzheng.kernel.people.authority import offices
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.portal.language import is_english, said
from minzheng.surfaces.web.work.words import role_word

STEPS = {
    StepKind.ACCEPT: gettext_lazy("受理"),
    StepKind.CHECK: gettext_lazy("核对调查"),
    StepKind.EXAMINE: gettext_lazy("审核"),
    StepKind.PUBLICISE: gettext_lazy("公示"),
    StepKind.PASS_ON: gettext_lazy("转送主管部门"),
    StepKind.DECIDE: gettext_lazy("决定"),
}
PLACES = {
    Jurisdiction.ACCEPTING: gettext_lazy("您申请的受理中心"),
    Jurisdiction.HUKOU_STREET: gettext_lazy("户籍地街镇"),
    Jurisdiction.HUKOU_DISTRICT: gettext_lazy("户籍地的区"),
    Jurisdiction.RESIDENCE_STREET: gettext_lazy("居住地街镇"),
    Jurisdiction.RESIDENCE_DISTRICT: gettext_lazy("居住地的区"),
    Jurisdiction.INSTITUTION: gettext_lazy("机构所在地"),
    Jurisdiction.CITY: gettext_lazy("市级"),
}
CHANNELS = {
    Channel.ONLINE: gettext_lazy("网上办理"),
    Channel.COUNTER: gettext_lazy("任一受理中心窗口"),
    Channel.PHONE: gettext_lazy("电话帮办"),
    Channel.AUTOMATIC: gettext_lazy("免申即享：符合条件的不用申请"),
}
RESULTS = {
    ResultKind.AWARD: gettext_lazy("按月发放的待遇"),
    ResultKind.CERTIFICATE: gettext_lazy("证明或证件"),
    ResultKind.REGISTRATION: gettext_lazy("登记"),
    ResultKind.STATUS: gettext_lazy("资格认定"),
    ResultKind.ANSWER: gettext_lazy("书面答复"),
}


@dataclass(frozen=True, slots=True)
class PaperWords:
    """One paper in words: its name, in which situation it is asked for, and what the city has instead."""

    name: str
    when: str
    held_by: str
    if_down: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class StepWords:
    """One step in words, as the timeline shows it."""

    when: str
    title: str
    text: str = ""
    actor: str = ""
    tone: str = ""


def papers_to_bring(item: Item) -> list[PaperWords]:
    """Papers that only the applicant has."""
    return [_paper(item, paper) for paper in item.materials if not paper.source]


def papers_not_to_bring(item: Item) -> list[PaperWords]:
    """Papers that the city has in its own data (两个免于提交)."""
    return [_paper(item, paper) for paper in item.materials if paper.source]


def _paper(item: Item, paper: Material) -> PaperWords:
    if_down = {
        IfDown.SUBMIT: _("查不到时请您提供"),
        IfDown.PROMISE: _("查不到时可以书面承诺代替"),
        IfDown.LATER: _("查不到时先受理，我们继续查"),
    }[paper.if_down]
    return PaperWords(
        said(paper),
        when_words(item, paper.when),
        held_by(paper.source, paper.issuer) if paper.source else "",
        if_down if paper.source else "",
        paper.is_required,
    )


def held_by(source: str, issuer: str = "") -> str:
    """Which office has it, in the reader's words."""
    office = offices().get(issuer)
    if office:
        return str(office.get("label_en" if is_english() else "label", issuer))
    department = vocabulary().departments.get(issuer)
    if department:
        return department.name_en if is_english() else department.title or department.name
    licence = source.removeprefix("licence.") if source.startswith("licence.") else ""
    return issuer or (_("电子证照库") if licence else _("本市登记"))


def when_words(item: Item, when: tuple[str, tuple[Any, ...]] | None) -> str:
    """In which situation something is asked for, such as “婚姻状况”为“已婚”的."""
    if when is None:
        return ""
    field = next((one for one in item.fields if one.name == when[0]), None)
    if field is None:
        return ""
    values = _("或").join(answer_words(field, value) for value in when[1])
    return _("“%(question)s”为“%(answer)s”的") % {"question": said(field, "label"), "answer": values}


def answer_words(field: Field, value: Any) -> str:
    """An answer as its form shows it."""
    if field.type is FieldType.YES_NO or isinstance(value, bool):
        return _("是") if value else _("否")
    for code, label, label_en in field.choices:
        if code == value:
            return label_en if label_en and is_english() else label
    return str(value)


def days_words(step: Step) -> str:
    """How long a step may take, in words."""
    if not step.days:
        return _("当场")
    if step.in_workdays:
        return ngettext("%(days)s 个工作日内", "%(days)s 个工作日内", step.days) % {"days": step.days}
    return ngettext("%(days)s 天", "%(days)s 天", step.days) % {"days": step.days}


def step_title(step: Step) -> str:
    """What happens in a step, in plain words."""
    if step.kind is StepKind.CHECK:
        return (
            _("家庭经济状况核对") if step.what == "means" else _("核实情况")
        )  # an outside check: the decision's clock waits
    return str(STEPS[step.kind])


def timeline_of(item: Item) -> list[StepWords]:
    """The route as a timeline: each step with who does it, where, and within how long."""
    if item.is_on_the_spot:
        last = item.route[-1]
        return [
            StepWords(
                _("当场"), _("受理并办结"), _("材料齐全的，当场办好。"), str(PLACES[last.place]), "good"
            )
        ]
    told = []
    for step in item.route:
        notes = []
        if step.kind is StepKind.CHECK:
            notes.append(_("核对期间不计入决定的时限。"))
        if step.kind is StepKind.PUBLICISE:
            notes.append(_("姓名隐去一部分，听取邻里意见。"))
        if step.needs_second:
            notes.append(_("由两名工作人员确认。"))
        where = step.department or str(PLACES[step.place])
        told.append(
            StepWords(days_words(step), step_title(step), "".join(notes), f"{where} · {role_word(step.role)}")
        )
    return told


def total_workdays(item: Item) -> int:
    """The working days of all steps together, the longest that it may take without what the applicant has to add."""
    return sum(step.days for step in item.route if step.in_workdays)


def channels_of(item: Item) -> list[str]:
    """How one may apply, in words."""
    return [str(words) for channel, words in CHANNELS.items() if channel in item.channels]


def department_of(item: Item) -> str:
    """The owning department's full name."""
    heading = vocabulary().departments.get(item.department)
    if heading is None:
        return item.department
    return heading.name_en if is_english() else heading.title or heading.name


def group_of(item: Item) -> str:
    """The heading of the catalogue under which an item stands."""
    return said(item, "group")


def value_words(field: Field, value: Any, places: dict[str, str]) -> str:
    """An answer for reading: amounts in yuan, days in words, places by name, numbers of accounts and cards masked."""
    if value in (None, ""):
        return "—"
    match field.type:
        case FieldType.MONEY:
            return formats.fen(int(value))
        case FieldType.DATE:
            return formats.short_day(_date(value)) if _date(value) else str(value)
        case FieldType.PLACE:
            return places.get(str(value), str(value))
        case FieldType.ACCOUNT:
            return formats.masked(str(value), "account")
        case FieldType.IDENTIFIER:
            return formats.masked(str(value))
    if field.known_from.endswith("_place"):
        return places.get(str(value), str(value))
    return answer_words(field, value)


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def what_the_city_has(item: Item, person_id: int) -> dict[str, dict[str, Any]]:
    """Of the item's papers, what the registers hold of a person now, by the paper's code; for a preview only."""
    sources = {paper.code: paper.source for paper in item.materials if paper.source}
    known = known_values(person_id, set(sources.values())) if sources else {}
    return {code: known[source] for code, source in sources.items() if source in known}
