"""A service item's questions as one form: built from the declaration, read back into the values a case keeps.

A question whose answer the city knows is not asked: it is shown with its office and day, and may be disputed by saying
what is right. Whether the form is whole is the kernel's to say; here only what cannot be read at all is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.cases.answers import is_asked, origin_words, value_fault
from minzheng.kernel.cases.authorising import PAPER as AUTHORISATION
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.papers import PaperView
from minzheng.kernel.items.model import Field, FieldType, IfDown, Item
from minzheng.kernel.people.identifiers import mask, mask_account
from minzheng.kernel.places.models import Division
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.forms import DayInput, MoneyField
from minzheng.surfaces.web.casework.words import place_word
from minzheng.surfaces.web.work.words import is_english

YES, NO = "yes", "no"
_SHORT_CHOICE = 5
ANSWER, TOLD, SEEN, PROMISED, FILE, SIGNED = "a_", "told_", "seen_", "promised_", "file_", "signed_"


def label_of(question: Field) -> str:
    return question.label_en if is_english() else question.label


def as_words(question: Field, value: Any) -> str:
    """A value of a case in words; whole numbers of cards and accounts are masked."""
    if value in (None, ""):
        return "—"
    match question.type:
        case FieldType.MONEY:
            return formats.fen(value) if isinstance(value, int) else str(value)
        case FieldType.YES_NO:
            return _("是") if value is True else _("否") if value is False else str(value)
        case FieldType.CHOICE:
            for code, chinese, english in question.choices:
                if code == value:
                    return english if is_english() else chinese
            return str(value)
        case FieldType.IDENTIFIER:
            return mask(str(value))
        case FieldType.ACCOUNT:
            return mask_account(str(value))
        case FieldType.PLACE:
            return place_word(str(value))
        case _:
            return {"1": _("男"), "2": _("女")}.get(str(value), str(value)) if question.known_from == "person.sex" else str(value)  # fmt: skip


def _form_field(question: Field, places: list[Any]) -> forms.Field:
    common: dict[str, Any] = {
        "label": label_of(question),
        "required": False,
        "help_text": question.help_en if is_english() else question.help,
    }
    off = {"autocomplete": "off"}
    match question.type:
        case FieldType.MONEY:
            return MoneyField(**common)
        case FieldType.NUMBER:
            return forms.IntegerField(**common, widget=forms.TextInput(attrs={**off, "inputmode": "numeric"}))
        case FieldType.DATE:
            return forms.DateField(**common, widget=DayInput())
        case FieldType.LONG_TEXT:
            return forms.CharField(**common, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
        case FieldType.YES_NO:
            return forms.ChoiceField(
                **common, choices=[(YES, _("是")), (NO, _("否"))], widget=forms.RadioSelect
            )
        case FieldType.CHOICE:
            choices = [
                (code, english if is_english() else chinese) for code, chinese, english in question.choices
            ]
            if len(choices) <= _SHORT_CHOICE:
                return forms.ChoiceField(**common, choices=choices, widget=forms.RadioSelect)
            return forms.ChoiceField(**common, choices=[("", _("请选择")), *choices])
        case FieldType.PLACE:
            return forms.ChoiceField(**common, choices=[("", _("请选择")), *places])
        case FieldType.PHONE | FieldType.ACCOUNT:
            return forms.CharField(
                **common, max_length=40, widget=forms.TextInput(attrs={**off, "inputmode": "numeric"})
            )
        case _:
            return forms.CharField(**common, max_length=200, widget=forms.TextInput(attrs=off))


def street_choices(on: date) -> list[Any]:
    """Streets and towns by district, for a question about a place; one query."""
    rows = list(
        Division.objects.filter(code__gte="31", code__lt="32", during__contains=on)
        .annotate(length=Length("code"))
        .filter(length__in=(6, 9))
        .order_by("code")
        .values_list("code", "name")
    )
    districts = {code: name for code, name in rows if len(code) == 6}
    grouped: dict[str, list[tuple[str, str]]] = {}
    for code, name in rows:
        if len(code) == 9:
            grouped.setdefault(districts.get(code[:6], code[:6]), []).append((code, name))
    return list(grouped.items())


def _to_form(question: Field, value: Any) -> Any:
    if question.type is FieldType.YES_NO and isinstance(value, bool):
        return YES if value else NO
    return value


def _from_form(question: Field, value: Any) -> Any:
    if value in (None, ""):
        return None
    if question.type is FieldType.YES_NO:
        return value == YES
    if question.type is FieldType.DATE:
        return value.isoformat()
    if isinstance(value, str):
        value = value.strip()
        return value.replace(" ", "") if question.type is FieldType.ACCOUNT else value
    return value


@dataclass
class Known:
    """One answer that the city knows: shown with its origin, agreed to or disputed."""

    name: str
    label: str
    shown: str
    origin: str
    is_confirmed: bool
    bound: Any
    """The field in which what is right may be said instead."""


@dataclass
class CaseForm:
    """The questions of one case: what is known, what is asked, with their values and faults."""

    item: Item
    case: Case
    on: date
    data: Mapping[str, str] | None = None
    form: forms.Form = field(init=False)

    def __post_init__(self) -> None:
        needs_places = any(q.type is FieldType.PLACE for q in self.item.fields)
        places = street_choices(self.on) if needs_places else []
        made: dict[str, forms.Field] = {}
        initial: dict[str, Any] = {}
        for question in self.item.fields:
            if self.is_known(question):
                told = _form_field(question, places)
                told.label, told.help_text = _("应为"), ""
                made[TOLD + question.name] = told
            else:
                made[ANSWER + question.name] = _form_field(question, places)
                initial[ANSWER + question.name] = _to_form(
                    question, self.case.answers.get(question.name, {}).get("value")
                )
        shape = type("CaseFields", (forms.Form,), made)
        self.form = shape(self.data, initial=initial, auto_id="f_%s", use_required_attribute=False)
        self._mark_required()

    def _mark_required(self) -> None:
        """Which questions must be answered is shown, and asked only when the case is sent: a half-filled form is kept."""
        if self.form.is_bound:
            self.form.full_clean()
        for question in self.item.fields:
            for prefix in (ANSWER, TOLD):
                if prefix + question.name in self.form.fields:
                    self.form.fields[prefix + question.name].required = question.is_required or prefix == TOLD

    def is_known(self, question: Field) -> bool:
        return self.case.answers.get(question.name, {}).get("origin") == "registry"

    @property
    def known(self) -> list[Known]:
        """What the city knows, in the order of the form."""
        found = []
        for question in self.item.fields:
            if not self.is_known(question):
                continue
            answer = self.case.answers[question.name]
            found.append(
                Known(
                    question.name,
                    label_of(question),
                    as_words(question, answer["value"]),
                    origin_words(answer),
                    answer.get("confirmed") is True,
                    self.form[TOLD + question.name],
                )
            )
        return found

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What has to be told, each with the answer on which it depends."""
        found = []
        for question in self.item.fields:
            if self.is_known(question):
                continue
            when = question.when
            answer = self.case.answers.get(question.name, {})
            found.append(
                {
                    "bound": self.form[ANSWER + question.name],
                    "is_inline": question.type is FieldType.YES_NO or len(question.choices) in (2, 3, 4),
                    "is_wide": question.type is FieldType.LONG_TEXT,
                    "when": f"{ANSWER}{when[0]}" if when else "",
                    "values": " ".join(_when_value(value) for value in when[1]) if when else "",
                    "is_hidden": not is_asked(question, self.case.answers),
                    "disputed": answer.get("known") is not None and answer.get("confirmed") is False,
                    "known": as_words(question, answer.get("known")) if answer.get("known") is not None else "",
                }
            )  # fmt: skip
        return found

    def read(self) -> bool:
        """Whether everything that was written can be read; each fault stands at its field."""
        if not self.form.is_valid():
            return False
        for question in self.item.fields:
            name = (TOLD if self.is_known(question) else ANSWER) + question.name
            value = _from_form(question, self.form.cleaned_data.get(name))
            wrong = value_fault(question, value) if value is not None else ""
            if wrong:
                chinese, _sign, english = wrong.rpartition(" / ")
                self.form.add_error(name, (english if is_english() else chinese) or wrong)
        return not self.form.errors

    def changed(self) -> dict[str, Any]:
        """What is told now and differs from what the case holds; None takes an answer out."""
        found = {}
        for question in self.item.fields:
            if self.is_known(question):
                continue
            value = _from_form(question, self.form.cleaned_data.get(ANSWER + question.name))
            if value != self.case.answers.get(question.name, {}).get("value"):
                found[question.name] = value
        return found

    def disputed(self) -> dict[str, Any]:
        """What is said to be wrong among what the city knows, with what is right."""
        return {
            question.name: value
            for question in self.item.fields
            if self.is_known(question)
            and (value := _from_form(question, self.form.cleaned_data.get(TOLD + question.name))) is not None
            and value != self.case.answers[question.name]["value"]
        }

    def unconfirmed(self) -> list[str]:
        """What the city knows and nobody has agreed to yet."""
        return [
            question.name
            for question in self.item.fields
            if self.is_known(question) and self.case.answers[question.name].get("confirmed") is not True
        ]

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Puts the kernel's faults, told all at once, beside their fields."""
        if not self.form.is_bound:
            initial = {name: self.form[name].value() for name in self.form.fields}
            self.form.data = {name: value for name, value in initial.items() if value is not None}
            self.form.is_bound = True
            for field_ in self.form.fields.values():
                field_.required = False
            self._mark_required()
        for name, words in faults.items():
            if ANSWER + name in self.form.fields:
                chinese, _sign, english = words.rpartition(" / ")
                self.form.add_error(ANSWER + name, (english if is_english() else chinese) or words)


def _when_value(value: Any) -> str:
    return (YES if value else NO) if isinstance(value, bool) else str(value)


class NoteForm(forms.Form):
    """The one place on the page for words: what else is to be put right, why it is not accepted, why it departs."""

    note = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "不予受理须写明理由和应向何处申请；补正可补充说明；与认定结果不一致须写明理由。"
        ),
    )


def paper_line(view: PaperView, *, by_signing: bool = False) -> dict[str, Any]:
    """A paper as the form shows it: exempt, brought, or still missing with the ways to bring it.

    Args:
        by_signing: the authorisation of the economic check comes about as each adult signs, not as a paper brought.
    """
    row, paper = view.row, view.paper
    return {
        "code": paper.code,
        "name": paper.name_en if is_english() else paper.name,
        "row": row,
        "state": f"paper_{row.state}" if row else "paper_wanted",
        "is_exempt": bool(row and row.state == "fetched"),
        "is_settled": view.is_settled,
        "is_required": paper.is_required,
        "may_promise": paper.if_down is IfDown.PROMISE,
        "why": row.failed_why if row else "",
        "seen": SEEN + paper.code,
        "promised": PROMISED + paper.code,
        "file": FILE + paper.code,
        "is_signed": by_signing and paper.code == AUTHORISATION,
    }
