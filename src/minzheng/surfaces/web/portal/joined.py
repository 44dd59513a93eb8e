"""Several departments' items in one go (一件事一次办): one form, one case for each part, one view of them all."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minzheng.kernel import items
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.answers import Answer, known_values
from minzheng.kernel.cases.bundles import BundleProgress, PartProgress, bundle_progress
from minzheng.kernel.cases.models import Bundle, Case
from minzheng.kernel.items import JoinedItem
from minzheng.kernel.people.models import Person
from minzheng.surfaces.web.explaining import office_name
from minzheng.surfaces.web.portal import case_words, item_words
from minzheng.surfaces.web.portal.language import said
from minzheng.surfaces.web.portal.mine import attempt
from minzheng.surfaces.web.portal.questions import QuestionsForm
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.day import working_day


def _declared(code: str) -> JoinedItem:
    try:
        return items.joined()[code]
    except KeyError as missing:
        raise Http404 from missing


@open_to_all
@require_safe
def about(request: HttpRequest, code: str) -> HttpResponse:
    """What is done in one go, by which departments, in which order."""
    declared = _declared(code)
    return render(request, "portal/joined.html", {"joined": declared, "parts": _parts(declared)})


def _parts(declared: JoinedItem) -> list[dict[str, Any]]:
    by_code = items.catalogue()
    return [
        {
            "part": part,
            "item": by_code[part.item],
            "department": item_words.department_of(by_code[part.item]),
            "days": item_words.total_workdays(by_code[part.item]),
            "after": by_code[part.after] if part.after else None,
        }
        for part in declared.parts
    ]


class PartsForm(forms.Form):
    """Which of the optional parts are wanted."""

    parts = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, declared: JoinedItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_code = items.catalogue()
        optional = [part.item for part in declared.parts if part.is_optional]
        field = self.fields["parts"]
        field.label = _("还要一起办哪些？")
        field.choices = [(code, said(by_code[code])) for code in optional]  # type: ignore[attr-defined]
        field.initial = optional


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """The joined form: what is known is shown, the rest asked once for every part."""
    declared, me = _declared(code), oneself(request)
    answers = _known(declared, me)
    posted: QueryDict | None = request.POST if request.method == "POST" else None
    # What the city knows is filled into every part when it opens; a part's own page confirms or disputes it.
    asked = [field for field in declared.fields if field.name not in answers]
    form = QuestionsForm(posted, page=asked, answers=answers)
    chosen = PartsForm(posted, declared=declared)
    if posted is not None and form.is_valid() and chosen.is_valid():
        wanted = {*chosen.cleaned_data["parts"], *(p.item for p in declared.parts if not p.is_optional)}
        opened = attempt(
            request,
            lambda: actions.open_bundle(
                code=code,
                person=me,
                answers={name: value for name, value in form.values().items() if value is not None},
                on=working_day(),
                parts=wanted,
                channel=Case.Channel.ONLINE,
                key=posted.get("key", "")[:80],
            ),
        )
        if opened is not None:
            return redirect("portal_bundle", opened.pk)
    return render(
        request,
        "portal/joined_apply.html",
        {
            "joined": declared,
            "form": form,
            "chosen": chosen if chosen.fields["parts"].choices else None,  # type: ignore[attr-defined]
            "key": request.POST.get("key") or secrets.token_urlsafe(16),
            "known": [
                {
                    "label": said(field, "label"),
                    "value": item_words.value_words(field, answers[field.name]["value"], {}),
                    "source": office_name(answers[field.name]["source"]),
                    "on": answers[field.name]["on"][:10],
                }
                for field in declared.fields
                if field.name in answers
            ],
        },
    )


def _known(declared: JoinedItem, me: Person) -> dict[str, Answer]:
    wanted = {field.name: field.known_from for field in declared.fields if field.known_from}
    found = known_values(me.pk, set(wanted.values())) if wanted else {}
    return {name: found[key] for name, key in wanted.items() if key in found}


def my_bundle(request: HttpRequest, pk: int) -> BundleProgress:
    """One of my joined applications; 404 for another's."""
    me = oneself(request)
    found = Bundle.objects.filter(pk=pk, person_id=me.pk).first()
    if found is None:
        raise Http404
    return bundle_progress(found)


@require_http_methods(["GET", "POST"])
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """One view of all parts: each with its office, clock and result; POST sends the parts that wait for no other."""
    progress = my_bundle(request, pk)
    if request.method == "POST":
        attempt(
            request,
            lambda: actions.submit_bundle(bundle=progress.bundle, on=working_day()),
            done=_("已提交。各部门分别办理，进度都在这一页。"),
        )
        return redirect("portal_bundle", pk)
    return render(
        request,
        "portal/bundle.html",
        {
            "bundle": progress.bundle,
            "joined": progress.declared,
            "parts": [_part(part) for part in progress.parts],
            "is_draft": any(part.case.state == "draft" and part.waits_for is None for part in progress.parts),
        },
    )


def _part(part: PartProgress) -> dict[str, Any]:
    return {
        "part": part,
        "title": said(part.item),
        "standing": case_words.standing(part.case),
        "waits_for": said(part.waits_for) if part.waits_for else "",
    }
