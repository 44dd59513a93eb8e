"""The form of an item as pages of questions: generated from its fields, typed, shown only where they apply.

What the registers know is not asked but confirmed (`known.py`). A field that depends on another's answer appears when
that answer is given: by htmx at once, without script after 继续.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.cases.answers import Answer, is_asked, value_fault
from minzheng.kernel.cases.models import Case
from minzheng.kernel.items.model import Field, FieldType, Item
from minzheng.kernel.places.models import Division
from minzheng.kernel.ui.forms import DayInput, MoneyField
from minzheng.surfaces.web.portal.language import is_english, own_language, said

A_PAGE = 6
"""Questions on one page; those that hang on another question do not count and stand on its page."""


def is_known(answers: Mapping[str, Answer], name: str) -> bool:
    """Whether the registers answered this question: then it is confirmed or disputed, not asked."""
    answer = answers.get(name)
    return answer is not None and (answer.get("origin") == "registry" or answer.get("confirmed") is False)


def known_fields(item: Item, case: Case) -> list[Field]:
    """The questions that the registers answered, in the form's order."""
    return [
        field for field in item.fields if is_known(case.answers, field.name) and is_asked(field, case.answers)
    ]


def pages_of(item: Item, case: Case) -> list[list[Field]]:
    """The questions to ask, page by page."""
    pages: list[list[Field]] = []
    place_of: dict[str, int] = {}
    for field in item.fields:
        if is_known(case.answers, field.name):
            continue
        if field.when is not None and field.when[0] in place_of:
            at = place_of[field.when[0]]
        else:
            heads = [one for one in pages[-1] if one.when is None] if pages else []
            if not pages or len(heads) >= A_PAGE:
                pages.append([])
            at = len(pages) - 1
        pages[at].append(field)
        place_of[field.name] = at
    return pages


class QuestionsForm(forms.Form):
    """One page of an item's questions.

    Args:
        page: the fields of this page, conditional ones included.
        answers: the case's answers so far.
        told: the page as posted, raw, by which conditional questions are shown.
    """

    def __init__(
        self,
        *args: Any,
        page: Sequence[Field],
        answers: Mapping[str, Answer],
        told: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.declared = {field.name: field for field in page}
        self.controls = {field.when[0] for field in page if field.when is not None}
        raw = told if told is not None else (self.data or None)
        self.asked: list[Field] = []
        for field in page:
            if is_asked(field, self._so_far(answers, raw)):
                self.asked.append(field)
                self.fields[field.name] = form_field(field)
                if not self.is_bound:
                    value = raw.get(field.name) if raw is not None else None
                    self.initial[field.name] = (
                        value if value is not None else shown(field, answers.get(field.name, {}).get("value"))
                    )

    def _so_far(self, answers: Mapping[str, Answer], raw: Mapping[str, Any] | None) -> dict[str, Answer]:
        """The answers with what this page says now."""
        merged = dict(answers)
        for name, field in self.declared.items():
            if raw is not None and name in raw:
                merged[name] = {"value": _plain(field, raw.get(name))}
        return merged

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in list(cleaned.items()):
            kept = as_answer(value)
            fault = value_fault(self.declared[name], kept) if kept not in (None, "") else ""
            if fault:
                self.add_error(name, own_language(fault).partition("：")[2] or own_language(fault))
        return cleaned

    def values(self) -> dict[str, Any]:
        """The good answers of this page, as a case keeps them; questions that no longer apply are taken out."""
        found: dict[str, Any] = {
            name: as_answer(value) for name, value in self.cleaned_data.items() if name not in self.errors
        }
        found |= {name: None for name in self.declared if name not in self.fields}
        return {name: (None if value == "" else value) for name, value in found.items()}


def as_answer(value: Any) -> Any:
    """A cleaned value as plain JSON."""
    return (
        value.isoformat() if isinstance(value, date) else value.strip() if isinstance(value, str) else value
    )


def shown(field: Field, value: Any) -> Any:
    """A kept value as the widget shows it."""
    if value is None:
        return None
    if field.type is FieldType.YES_NO:
        return "yes" if value else "no"
    return value


def _plain(field: Field, raw: Any) -> Any:
    """A posted value as it would be kept, as far as conditions ask: yes or no, and the code of a choice."""
    if field.type is FieldType.YES_NO:
        return {"yes": True, "no": False}.get(raw)
    return raw


def form_field(field: Field, *, is_required: bool | None = None) -> forms.Field:
    """The typed form field of a declared question."""
    label = said(field, "label")
    required = field.is_required if is_required is None else is_required
    common: dict[str, Any] = {
        "label": label,
        "required": required,
        "help_text": said(field, "help") or _HELP.get(field.type, ""),
        "error_messages": {"required": _("请填写")},
    }
    match field.type:
        case FieldType.LONG_TEXT:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=4000, **common)
        case FieldType.NUMBER:
            return forms.IntegerField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **common)
        case FieldType.MONEY:
            return MoneyField(**common)
        case FieldType.DATE:
            return forms.DateField(widget=DayInput(), **common)
        case FieldType.CHOICE:
            return _choice(field, common)
        case FieldType.YES_NO:
            common["error_messages"] = {"required": _("请选择")}
            return forms.TypedChoiceField(
                choices=[("yes", _("是")), ("no", _("否"))],
                coerce=lambda word: word == "yes",
                empty_value=None,
                widget=forms.RadioSelect,
                **common,
            )
        case FieldType.PLACE:
            return forms.ChoiceField(choices=streets, **common)
        case FieldType.PHONE:
            widget: forms.Widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        case FieldType.ACCOUNT:
            widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        case FieldType.IDENTIFIER:
            widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        case _:
            widget = forms.TextInput()
    return forms.CharField(widget=widget, max_length=200, **common)


_HELP = {
    FieldType.IDENTIFIER: gettext_lazy("18 位身份证号码，末位可能是 X"),
    FieldType.PHONE: gettext_lazy("方便工作人员联系您"),
    FieldType.MONEY: gettext_lazy("单位：元"),
}
_RADIOS_UP_TO = 6


def _choice(field: Field, common: dict[str, Any]) -> forms.Field:
    choices = [
        (code, label_en if label_en and is_english() else label) for code, label, label_en in field.choices
    ]
    common["error_messages"] = {"required": _("请选择")}
    if len(choices) <= _RADIOS_UP_TO:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", _("请选择")), *choices], **common)


def streets() -> list[Any]:
    """Streets and towns by district, for a select; one query."""
    rows = Division.objects.filter(level__in=[Division.Level.DISTRICT, Division.Level.STREET]).order_by(
        "code"
    )
    districts: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for code, name in rows.values_list("code", "name"):
        if len(code) == 6:
            districts[code] = (name, [])
        elif code[:6] in districts:
            districts[code[:6]][1].append((code, name))
    grouped: list[Any] = [(name, inside) for name, inside in districts.values() if inside]
    return [("", _("请选择")), *grouped]
