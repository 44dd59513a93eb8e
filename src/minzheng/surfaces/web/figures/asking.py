"""What is asked for: year or month, place, domain, divisions of today or of the records; all in the address (查询条件)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import current_actor
from minzheng.kernel.indicators.models import Basis, Span
from minzheng.kernel.indicators.reading import Asked, kept_years
from minzheng.kernel.places.models import AbolishedCode
from minzheng.kernel.places.queries import children, names
from minzheng.kernel.places.resolution import CITY
from minzheng.surfaces.web.figures.words import domains
from minzheng.surfaces.web.work.day import working_day

BASES = {Basis.CURRENT: gettext_lazy("现行区划"), Basis.RECORDED: gettext_lazy("当时区划")}


class FiguresForm(forms.Form):
    """The filter above the figures."""

    year = forms.ChoiceField(label=gettext_lazy("年份"))
    month = forms.ChoiceField(label=gettext_lazy("月份"), required=False)
    domain = forms.ChoiceField(label=gettext_lazy("领域"), required=False)
    basis = forms.ChoiceField(label=gettext_lazy("区划口径"), choices=list(BASES.items()))
    place = forms.ChoiceField(label=gettext_lazy("区划"))

    def __init__(
        self,
        *args: Any,
        years: list[int],
        places: list[tuple[str, str]],
        has_domain: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["year"].choices = [(str(year), str(year)) for year in years]
        fields["month"].choices = [
            ("", _("全年")),
            *((str(n), _("%(n)s月") % {"n": n}) for n in range(1, 13)),
        ]
        fields["place"].choices = places
        if has_domain:
            fields["domain"].choices = [("", _("全部领域")), *domains().items()]
        else:
            del fields["domain"]


@dataclass(frozen=True, slots=True)
class Question:
    """The period and place with the domain of the dashboard."""

    asked: Asked
    domain: str = ""
    is_open: bool = False
    """The period is not over yet."""


def question(request: HttpRequest, *, has_domain: bool = True) -> tuple[Question, FiguresForm]:
    """The question of a request and the form that shows it; this year and the post's own place by default.

    Raises:
        Http404: the place lies outside the post's.
    """
    actor = current_actor()
    assert actor is not None
    today = working_day()
    own = actor.division_code[:9]
    years = kept_years() or [today.year]
    given = {"year": str(today.year if today.year in years else years[0]), "month": "", "domain": "", "basis": Basis.CURRENT,
             "place": own}  # fmt: skip
    given |= {name: request.GET[name] for name in given if request.GET.get(name)}
    place = given["place"]
    if not re.fullmatch(r"[0-9]{6}([0-9]{3})?", place) or not (
        actor.reaches(place) or _was_its(actor, place)
    ):
        raise Http404("outside the post's place")
    form = FiguresForm(given, years=years, places=_places(place, today), has_domain=has_domain)
    if not form.is_valid():
        return Question(Asked.year(years[0], own)), form
    told = form.cleaned_data
    span = Span.MONTH if told["month"] else Span.YEAR
    asked = Asked(span, date(int(told["year"]), int(told["month"] or 1), 1), place, told["basis"])
    return Question(asked, told.get("domain", ""), asked.last >= today), form


def _places(place: str, on: date) -> list[tuple[str, str]]:
    """The place one level up, the place itself and those directly below, each with its name."""
    up = above(place)
    below = list(children(place, on).values_list("code", "name")) if len(place) == 6 else []
    named = names([code for code in (up, place) if code])
    return [(code, named.get(code, code)) for code in (up, place) if code] + below


def _was_its(actor: Any, place: str) -> bool:
    """A district opens the place it took over; row-level security gives it the totals of those alone."""
    new = AbolishedCode.objects.filter(old_prefix=place[:6]).values_list("new_prefix", flat=True).first()
    return new is not None and actor.reaches(new)


def address(asked: Asked, domain: str = "", **changes: Any) -> str:
    """The query string of a question, with changes."""
    asks = replace(asked, **changes)
    told = {"year": str(asks.first.year), "month": str(asks.first.month) if asks.span == Span.MONTH else "",
            "domain": domain, "basis": asks.basis if asks.basis != Basis.CURRENT else "", "place": asks.place}  # fmt: skip
    return "?" + urlencode({name: value for name, value in told.items() if value})


def above(place: str) -> str:
    """The place one level up within the post's own; empty where there is none."""
    actor = current_actor()
    up = place[:6] if len(place) == 9 else "" if place == CITY else CITY
    return up if actor is not None and up and (actor.reaches(up) or actor.division_code == up) else ""
