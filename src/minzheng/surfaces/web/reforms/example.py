"""A household as both laws decide about it, after a reason was given; every member can see the look."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.kernel.access import require
from minzheng.kernel.audit import look
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.examples import BeforeAfter, household_under_both
from minzheng.kernel.reforms.models import Reform, ReformExample
from minzheng.kernel.reforms.queries import examples_of
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.forms import ReasonForm
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.reforms.words import asked_reform, change_views
from minzheng.surfaces.web.work.acts import said

PURPOSE = gettext_noop("政策试算示例")


def page(request: HttpRequest, number: int, example_id: int) -> HttpResponse:
    """Asks why first; then shows each benefit that changes, before and after, with masked names and numbers."""
    reform = asked_reform(number)
    require("people.look")
    require("rules.explain")
    example = examples_of(reform).filter(pk=example_id).first()
    if example is None:
        raise Http404("no such example")
    context: dict[str, Any] = {"reform": reform, "example": example, "changes": change_views(reform)}
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            both = household_under_both(reform, example.household_id)
        except ReformRefused as refusal:
            return render(request, "reforms/example.html", context | {"refusal": said(refusal)})
        context |= _shown(reform, example, both, form.cleaned_data)
    return render(request, "reforms/example.html", context | {"form": form})


def _shown(reform: Reform, example: ReformExample, both: BeforeAfter, told: dict[str, str]) -> dict[str, Any]:
    ids = [int(row["person_id"]) for row in both.inputs.persons]
    people = list(Person.objects.filter(pk__in=ids).order_by("pk"))
    numbers = dict(
        Identifier.objects.filter(person_id__in=ids, kind=Identifier.Kind.CITIZEN).values_list(
            "person_id", "value"
        )
    )
    purposes: Any = ReasonForm.base_fields["purpose"]
    reason = " ".join(filter(None, (str(dict(purposes.choices).get(told["purpose"], "")), told["reason"])))
    for person in people:
        look(person.pk, purpose=PURPOSE, reason=reason, division_code=person.division_code)
    names = {p.pk: formats.masked_name(p.name) for p in people}
    return {
        "people": [
            {"name": names[p.pk], "number": formats.masked(numbers.get(p.pk)), "age": _age(both, p.pk)} for p in people
        ],
        "changed": _changed(both, names),
    }  # fmt: skip


def _age(both: BeforeAfter, person_id: int) -> str:
    row = next(r for r in both.inputs.persons if r["person_id"] == person_id)
    born = row.get("birth_month")
    return formats.DASH if born is None else _("%(n)s 岁") % {"n": (both.month.index - born) // 12}


def _changed(both: BeforeAfter, names: dict[int, str]) -> list[dict[str, Any]]:
    """Each benefit, of the household or of one member, whose amount or status differs."""
    found = []
    for code, benefit in both.law.benefits.items():
        whom = [None] if benefit.unit == "household" else [int(r["person_id"]) for r in both.inputs.persons]
        for who in whom:
            sides = [
                explaining.tell(trace, code, who, both.month, names=names, law=law)
                for law, trace in ((both.law, both.before), (both.reform, both.after))
            ]
            before, after = (_paid(side) for side in sides)
            if (before, sides[0].explanation.status) != (after, sides[1].explanation.status):
                found.append(
                    {
                        "name": sides[0].name,
                        "whose": names.get(who, "") if who is not None else "",
                        "before": sides[0],
                        "after": sides[1],
                        "before_fen": before,
                        "after_fen": after,
                    }
                )
    return found


def _paid(told: explaining.Told) -> int:
    return told.explanation.amount_fen if told.explanation.status == "eligible" else 0
