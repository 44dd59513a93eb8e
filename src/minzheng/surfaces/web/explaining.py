"""Explanations for pages: the law of a month run over one household, told in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from minzheng.kernel.monthend.queries import household_holding, household_inputs
from minzheng.kernel.people.authority import offices
from minzheng.kernel.people.frames import household_frames, household_of
from minzheng.kernel.people.models import Fact, Person
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import law_as_known, law_for
from minzheng.kernel.rules import (
    ConditionView,
    Explanation,
    HouseholdInputs,
    HouseholdTrace,
    InputView,
    Law,
    PaperView,
    Provenance,
    SumStep,
    evaluate_household,
    explain,
)
from minzheng.kernel.rules.inputs import catalogue
from minzheng.kernel.rules.wording import in_words
from minzheng.kernel.ui.explanations import AmountStep, Condition, InputFact


@dataclass(frozen=True)
class Told:
    """An explanation with what the components show of it."""

    explanation: Explanation
    conditions: list[Condition]
    amounts: list[AmountStep]
    sentences: tuple[str, ...]
    name: str
    status_word: str
    missing: dict[str, str]
    """The check that is missing, by the condition that waits for it."""


def trace_from_registers(household_id: int, month: Month) -> HouseholdTrace:
    """The household as the registers know it now, each value with who said it; for officials."""
    frames = household_frames(household_id, month)
    said = {key: Provenance(p.source, p.authority, p.on) for key, p in frames.provenance.items()}
    inputs = HouseholdInputs(frames.households.to_dicts()[0], frames.persons.to_dicts(), said)
    return evaluate_household(law_for(month), inputs)


def trace_as_known(household_id: int, month: Month, known: datetime | None) -> tuple[Law, HouseholdTrace]:
    """The household and the law of a month as they were known at an instant, or now; for officials."""
    frames = household_frames(household_id, month, known)
    said = {key: Provenance(p.source, p.authority, p.on) for key, p in frames.provenance.items()}
    inputs = HouseholdInputs(frames.households.to_dicts()[0], frames.persons.to_dicts(), said)
    law = law_for(month) if known is None else law_as_known(month, known.date())
    return law, evaluate_household(law, inputs)


def trace_from_snapshot(person_id: int, month: Month) -> HouseholdTrace | None:
    """The household as the month's findings see it; for residents, who may read no other member's record.

    None where the month was not run or the person did not live in the city then.
    """
    household_id = household_holding(person_id, month)
    if household_id is None:
        return None
    seen = household_inputs(household_id, month)
    inputs = HouseholdInputs(seen.household, seen.persons, _own_origins(person_id, month))
    return evaluate_household(law_for(month), inputs)


def _own_origins(person_id: int, month: Month) -> dict[tuple[str, int, str], Provenance]:
    """Who said what of a resident themself: the snapshot keeps values alone, and others' records are not theirs to read."""
    columns = {
        "birth_date": "birth_month",
        "sex": "sex",
        "hukou": "hukou_is_local",
        "death_date": "death_month",
    }
    recorded = Person.objects.values_list("provenance", flat=True).get(pk=person_id)
    found = {
        ("person", person_id, columns[name]): Provenance(said["source"], "", str(said["on"]))
        for name, said in recorded.items()
        if name in columns
    }
    told = Fact.objects.filter(
        person_id=person_id, superseded_at=None, during__startswith__lte=month.first_day
    )
    for fact in told.order_by("during"):
        found["person", person_id, fact.kind] = Provenance(fact.source, "", fact.observed_on.isoformat())
    return found


def tell(
    trace: HouseholdTrace,
    benefit: str,
    person_id: int | None,
    month: Month,
    *,
    only: int | None = None,
    names: Mapping[int, str] | None = None,
    law: Law | None = None,
) -> Told:
    """One benefit explained; `names` calls the members by name, with `only` what other members told stays out of sight.

    `law` is the one the trace was made by, where that is not the month's own.
    """
    law = law or law_for(month)
    about = person_id if law.benefits[benefit].unit == "person" else None
    found = explain(law, trace, benefit, about, names=names)
    english = is_english()
    missing = {
        view.rule: _missing_check(law, benefit, view.rule, english)
        for view in found.conditions
        if view.met is None
    }
    # In a household of one nobody has to be told apart, and a person's own benefit names the others alone.
    called = (
        {one: name for one, name in (names or {}).items() if one != about}
        if len(trace.inputs.persons) > 1
        else {}
    )
    return Told(
        explanation=found,
        conditions=[
            _condition(view, english, only, called, missing.get(view.rule, "")) for view in found.conditions
        ],
        missing=missing,
        amounts=[
            _amount(step, english, called)
            for step in found.steps
            if only is None or step.person_id in (None, only)
        ],
        sentences=found.sentences_en if english else found.sentences,
        name=found.name_en if english else found.name,
        status_word=status_word(found.status),
    )


def tell_all(
    trace: HouseholdTrace,
    person_id: int,
    month: Month,
    *,
    only: int | None = None,
    names: Mapping[int, str] | None = None,
) -> list[Told]:
    """Every benefit of the month for one person and their household, what is due first."""
    told = [tell(trace, code, person_id, month, only=only, names=names) for code in law_for(month).benefits]
    order = {"eligible": 0, "may_qualify": 1}
    return sorted(told, key=lambda one: (order.get(one.explanation.status, 2), -one.explanation.amount_fen))


def status_word(status: str) -> str:
    """What the status means for a reader."""
    return {"eligible": _("符合条件"), "may_qualify": _("可能符合，尚缺核对")}.get(status, _("不符合条件"))


def household_for(person_id: int, month: Month) -> int:
    """The household a person counts in for a month, as the registers know it."""
    return household_of(person_id, month)


def member_names(trace: HouseholdTrace) -> dict[int, str]:
    """The names of a household's members, for officials who may read them all."""
    ids = [int(row["person_id"]) for row in trace.inputs.persons]
    found = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return {one: found.get(one, "") for one in ids}


def is_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "zh").startswith("en")


def office_name(source: str) -> str:
    """An office in the reader's words; its short name where it is not one of ours."""
    office = offices().get(source, {})
    return office.get("label_en" if is_english() else "label", source)


def _amount(step: SumStep, english: bool, names: Mapping[int, str]) -> AmountStep:
    label = step.label_en if english else step.label
    if step.person_id is not None and step.person_id in names:
        label = f"{names[step.person_id]} · {label}"
    formula, text = (step.formula_en, step.text_en) if english else (step.formula, step.text)
    return AmountStep(label, text if formula == text else f"{formula} = {text}", step.source)


def _missing_check(law: Law, benefit: str, rule: str, english: bool) -> str:
    """What has still to be established before a condition is known, such as 住房已核查."""
    for condition in law.benefits[benefit].conditions:
        node = law.graph.nodes[condition.known]
        if condition.rule == rule and node.op == "rule" and node.name in law.rules:
            known = law.rules[node.name]
            return known.label_en if english else known.label
    return ""


def _condition(
    view: ConditionView, english: bool, only: int | None, names: Mapping[int, str], missing: str
) -> Condition:
    inputs = []
    for one in view.inputs:
        if only is not None and one.person_id not in (None, only):
            continue
        label = one.label_en if english else one.label
        if one.person_id is not None and one.person_id in names:
            label = f"{names[one.person_id]} · {label}"
        # What nobody told is shown as unknown or taken for nothing; the office that should know is named then too.
        source = office_name(one.source or one.authority) if one.known else _("尚无部门告知")
        inputs.append(InputFact(label, _input_words(one) if english else one.text, source, _day(one.on)))
    return Condition(
        label=view.label_en if english else view.label,
        met=view.met,
        value=view.value_text_en if english else view.value_text,
        # "More than nothing" asks whether there is any at all; a zero beside it would read as a standard.
        threshold=""
        if view.threshold == 0 and view.comparison in (">", "≠")
        else (view.threshold_text_en if english else view.threshold_text),
        article=view.source,
        provenance=view.provenance if view.provenance == "illustrative" else view.threshold_provenance,
        note=_("尚未确认：%(check)s") % {"check": missing} if missing else "",
        inputs=inputs,
    )


def paper_words(month: Month, view: PaperView) -> str:
    """A legal value in the reader's language; bands stay as the rules write them."""
    parameter = law_for(month).parameters[view.name]
    if is_english() and isinstance(parameter.value, int):
        return in_words(parameter.value, parameter.unit, english=True)
    return view.text


def _input_words(view: InputView) -> str:
    """An input's value in English: codes by their translated label, the rest as the rules write it."""
    column = catalogue()[view.entity, view.name]
    return (
        _(view.text)
        if column.codes and view.value is not None
        else in_words(view.value, column.unit, english=True)
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
