"""What a page of figures is asked for: period, place, side, item, channel, all in its address (查询条件)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import current_actor
from minzheng.kernel.cases.figures import Question
from minzheng.kernel.items import catalogue
from minzheng.kernel.periods import Month
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.ui.forms import MonthField
from minzheng.surfaces.web.city.words import CHANNELS, SIDES
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

MOST_MONTHS = 36


class QuestionForm(forms.Form):
    """The filter above the figures."""

    first = MonthField(label=gettext_lazy("起始月份"))
    last = MonthField(label=gettext_lazy("截止月份"))
    side = forms.ChoiceField(label=gettext_lazy("口径"), choices=list(SIDES.items()))
    item = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), required=False)
    place = forms.RegexField(r"^\d{6}(\d{3})?$", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        names = sorted((item_name(code), code) for code in catalogue())
        fields["item"].choices = [("", _("全部事项")), *((code, name) for name, code in names)]
        fields["channel"].choices = [("", _("全部渠道")), *CHANNELS.items()]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if first and last and not 0 <= last - first < MOST_MONTHS:
            raise forms.ValidationError(_("截止月份须不早于起始月份，且最长三十六个月"))
        return told


def item_name(code: str) -> str:
    """An item's name in the reader's language; the code of one that is no longer declared."""
    item = catalogue().get(code)
    if item is None:
        return code
    return item.name_en if is_english() else item.name


def asked(request: HttpRequest) -> tuple[Question, QuestionForm]:
    """The question of a request, and the form that shows it; this year up to now, for the post's own place, by default.

    Raises:
        Http404: the place lies outside the post's.
    """
    actor = current_actor()
    assert actor is not None
    now = Month.of(working_day())
    own = actor.division_code[:9]
    given = {
        "first": str(Month(now.year, 1)), "last": str(now), "side": "deciding", "item": "", "channel": "", "place": own,
    }  # fmt: skip
    given |= {name: request.GET[name] for name in given if request.GET.get(name)}
    form = QuestionForm(given)
    if not form.is_valid():
        return Question(own, Month(now.year, 1), now), form
    told = form.cleaned_data
    if not actor.reaches(told["place"]) and told["place"] != own:
        raise Http404("outside the post's place")
    return Question(
        **{name: told[name] for name in ("place", "first", "last", "side", "item", "channel")}
    ), form


def address(question: Question, **changes: Any) -> str:
    """The query string of a question, with changes: the same page for another place, item or channel."""
    asks = replace(question, **changes)
    told = {"first": asks.first, "last": asks.last, "side": asks.side, "place": asks.place, "item": asks.item,
            "channel": asks.channel}  # fmt: skip
    return "?" + urlencode({name: str(value) for name, value in told.items() if value})


def above(place: str) -> str:
    """The place one level up; the city has none."""
    if len(place) == 9:
        return place[:6]
    return "" if place == CITY else CITY
