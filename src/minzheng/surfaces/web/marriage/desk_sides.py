"""Both parties side by side (双方对照): what the register has, what they brought, where the two differ."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.marriage_registration.checks import Tie, open_ties
from minzheng.domains.marriage_registration.parties import Party
from minzheng.kernel.people.identifiers import parse_citizen
from minzheng.kernel.periods import age_in_years
from minzheng.kernel.places.queries import children
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.forms import DayInput
from minzheng.surfaces.web.marriage.desk_couple import Card, Couple
from minzheng.surfaces.web.marriage.desk_words import IDENTIFIER_KINDS, NATIONALITIES, SIDES
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.words import place_names

CITY = "310000"
ELSEWHERE = "elsewhere"
MARITAL = {
    "unmarried": gettext_lazy("未婚"),
    "divorced": gettext_lazy("离婚"),
    "widowed": gettext_lazy("丧偶"),
    "married": gettext_lazy("有配偶"),
}
SEXES = {1: gettext_lazy("男"), 2: gettext_lazy("女")}


class BroughtForm(forms.Form):
    """What one party's papers say beside number and name (所带证件所载)."""

    nationality = forms.ChoiceField(
        label=gettext_lazy("身份"), choices=list(NATIONALITIES.items()), initial="mainland"
    )
    identifier_kind = forms.ChoiceField(
        label=gettext_lazy("证件种类"), choices=list(IDENTIFIER_KINDS.items()), initial="citizen"
    )
    birth_date = forms.DateField(label=gettext_lazy("出生日期"), widget=DayInput, required=False)
    hukou = forms.ChoiceField(label=gettext_lazy("户口簿所载户籍地"), required=False)
    marital = forms.ChoiceField(label=gettext_lazy("户口簿所载婚姻状况"), required=False)
    absent = forms.BooleanField(label=gettext_lazy("本人未到场"), required=False)
    incapable = forms.BooleanField(label=gettext_lazy("不具有完全民事行为能力"), required=False)

    def __init__(self, *args: Any, districts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "hukou", [("", "—"), *districts, (ELSEWHERE, _("外省市或境外"))])
        offer(self, "marital", [("", "—"), *MARITAL.items()])

    def kept(self) -> dict[str, Any]:
        """As the session keeps it."""
        given = dict(self.cleaned_data)
        born = given["birth_date"]
        told: dict[str, Any] = {
            name: given[name]
            for name in ("nationality", "identifier_kind", "hukou", "marital")
            if given[name]
        }
        if born:
            told["birth_date"] = born.isoformat()
        if given["absent"]:
            told["is_present"] = False
        if given["incapable"]:
            told["has_capacity"] = False
        return told


def brought_form(card: Card, side: str, on: date, data: Any = None) -> BroughtForm:
    """The form of one side, filled with what was told before."""
    told = card.brought
    initial = told | {
        "absent": told.get("is_present") is False,
        "incapable": told.get("has_capacity") is False,
    }
    districts = [(row.code, row.name) for row in children(CITY, on)]
    return BroughtForm(data, prefix=side, initial=initial, districts=districts, auto_id=f"{side}_%s")


def compared(couple: Couple, parties: dict[str, Party], on: date) -> list[dict[str, Any]]:
    """Rows of the comparison: label, and for each side the register's value, what was brought, whether they differ."""
    ties = open_ties(list(parties.values()))
    hukous = {party.hukou_district or "" for party in parties.values()}
    brought = {card.brought.get("hukou", "") for side in SIDES if (card := couple.card(side))}
    places = place_names((hukous | brought) - {ELSEWHERE, ""})
    columns = {
        side: _column(couple.card(side), parties[side], _tie_of(ties, parties[side]), places, on)
        for side in SIDES
        if side in parties
    }
    labels = (
        _("姓名"), _("证件号码"), _("性别"), _("出生日期"), _("年龄"), _("婚姻状况"), _("户籍所在区"), _("身份"),
    )  # fmt: skip
    return [
        {"label": label, "cells": [columns[side][at] for side in columns]} for at, label in enumerate(labels)
    ]


def _tie_of(ties: list[Tie], party: Party) -> Tie | None:
    return next(
        (
            tie
            for tie in ties
            if (party.person_id is not None and tie.person_id == party.person_id)
            or tie.identifier == party.identifier
        ),
        None,
    )


def _column(
    card: Card | None, party: Party, tie: Tie | None, places: dict[str, str], on: date
) -> list[dict[str, Any]]:
    told = card.brought if card else {}
    is_known = party.person_id is not None
    born = date.fromisoformat(told["birth_date"]) if told.get("birth_date") else _on_the_card(party)
    hukou = places.get(party.hukou_district or "", "") or _("外省市或境外")
    state = _("有配偶") if tie and tie.spouse_died_on is None else _("丧偶") if tie else _("无配偶")
    says = told.get("marital", "")
    brought_place = (
        _("外省市或境外") if told.get("hukou") == ELSEWHERE else places.get(told.get("hukou", ""), "")
    )
    age = age_in_years(party.birth_date, on) if party.birth_date else None
    unknown = "" if is_known else _("人口登记中没有此人，以所带证件为准")
    return [
        _cell(party.name, card.name if card else "", note=unknown),
        _cell(formats.masked(party.identifier)),
        _cell(SEXES.get(party.sex, "—")),
        _cell(formats.day(party.birth_date), formats.day(born) if born else "", is_known),
        _cell(_("%(age)s 周岁") % {"age": age} if age is not None else "—"),
        _cell(state, str(MARITAL.get(says, "")), bool(says), (says == "married") != (tie is not None and tie.spouse_died_on is None), note=tie.number if tie else ""),
        _cell(hukou, brought_place, is_known),
        _cell(NATIONALITIES.get(party.nationality, "—")),
    ]  # fmt: skip


def _cell(
    value: Any, brought: str = "", is_compared: bool = True, differs: bool | None = None, note: str = ""
) -> dict[str, Any]:
    """One value; it differs where something else was brought, unless the caller knows better."""
    found = (
        bool(is_compared and brought and brought != str(value))
        if differs is None
        else bool(differs and brought)
    )
    return {
        "value": value,
        "brought": brought if found or differs is not None else "",
        "differs": found,
        "note": note,
    }


def _on_the_card(party: Party) -> date | None:
    """The day of birth that the citizen's number itself carries."""
    read = parse_citizen(party.identifier) if party.identifier_kind == "citizen" else None
    return read.birth_date if read is not None and read.is_valid else None
