"""Why one person receives a benefit or not: on a page for officials, in a letter for the person (判定理由)."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.audit import look
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import law_for, load_programmes
from minzheng.kernel.rules import LawError
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.letters import issuing_office, reason_letter
from minzheng.surfaces.web.work.day import working_day


@require_safe
def explain(request: HttpRequest, person_id: int, benefit: str, month: str) -> HttpResponse:
    """Condition by condition: the value, the threshold, the article, the source of each input."""
    who, chosen = _asked(person_id, month)
    told = _told(who, benefit, chosen)
    look(who.pk, purpose=gettext_noop("待遇判定理由"), division_code=who.division_code)
    english = explaining.is_english()
    found = told.explanation
    return render(
        request,
        "web/work/explain.html",
        {
            "who": who,
            "told": told,
            "papers": [
                {
                    "view": one,
                    "label": one.label_en if english else one.label,
                    "since": date.fromisoformat(one.from_),
                }
                for one in found.papers
            ],
            "assumed": found.illustrative_en if english else found.illustrative,
            "month": chosen,
            "earlier": chosen - 1,
            "later": chosen + 1,
            "benefit": benefit,
        },
    )


@require_safe
def letter(request: HttpRequest, person_id: int, benefit: str, month: str) -> HttpResponse:
    """The same reasons as a letter in plain words."""
    who, chosen = _asked(person_id, month)
    told = _told(who, benefit, chosen)
    look(who.pk, purpose=gettext_noop("待遇告知信"), division_code=who.division_code)
    programme = next(p for p in load_programmes() if p.code == told.explanation.programme)
    return render(
        request,
        "web/work/letter.html",
        {
            "who": who,
            "told": told,
            "month": chosen,
            "benefit": benefit,
            "reasons": reason_letter(told),
            "letter": {
                "office": issuing_office(programme, who.division_code),
                "number": "",
                "title": _("%(name)s认定情况说明") % {"name": told.name},
                "to": who.name,
                "on": working_day(),
            },
        },
    )


def _asked(person_id: int, month: str) -> tuple[Person, Month]:
    require("rules.explain")
    who = Person.objects.filter(pk=person_id).first()
    if who is None:
        raise Http404
    try:
        return who, Month.parse(month)
    except ValueError as error:
        raise Http404 from error


def _told(who: Person, benefit: str, month: Month) -> explaining.Told:
    """The explanation; where there was no such benefit or no such person yet, there is no such page."""
    try:
        if benefit not in law_for(month).benefits:
            raise Http404(f"{benefit} {month}")
        trace = explaining.trace_from_registers(explaining.household_for(who.pk, month), month)
        return explaining.tell(trace, benefit, who.pk, month, names=explaining.member_names(trace))
    except (LookupError, LawError) as missing:
        raise Http404 from missing


urls = [
    path("people/<int:person_id>/why/<slug:benefit>/<str:month>/", explain, name="work_explain"),
    path("people/<int:person_id>/letter/<slug:benefit>/<str:month>/", letter, name="work_letter"),
]
