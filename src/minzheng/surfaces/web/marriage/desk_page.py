"""The couple's page (办理页): both sides, every check with its rule, papers, statement, photograph, signatures, one press."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.marriage_registration import actions
from minzheng.domains.marriage_registration.checks import Check, check_divorce, check_marriage, failed
from minzheng.domains.marriage_registration.errors import Incomplete, MarriageRefused
from minzheng.domains.marriage_registration.jurisdiction import may_register_at
from minzheng.domains.marriage_registration.models import Kind, Refusal, RefusalClash
from minzheng.domains.marriage_registration.parties import Party
from minzheng.kernel.access import may, require
from minzheng.kernel.cases.uploads import UploadRefused
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.ui.explanations import Condition
from minzheng.surfaces.web.marriage import desk_bookings as bookings
from minzheng.surfaces.web.marriage import desk_couple as couples
from minzheng.surfaces.web.marriage.desk_couple import Couple
from minzheng.surfaces.web.marriage.desk_evidence import EvidenceForm, keep_evidence
from minzheng.surfaces.web.marriage.desk_pages import look_at_parties, show
from minzheng.surfaces.web.marriage.desk_papers import papers_of
from minzheng.surfaces.web.marriage.desk_sides import brought_form, compared
from minzheng.surfaces.web.marriage.desk_words import ACT_WORDS, SIDE_WORDS, SIDES
from minzheng.surfaces.web.marriage.desk_writing import extra_form, write
from minzheng.surfaces.web.work.acts import attempt, said
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The couple in hand."""
    require("marriage.register")
    couple = couples.current(request)
    if couple is None:
        return redirect("marriage_desk")
    return _page(request, couple)


def _page(
    request: HttpRequest,
    couple: Couple,
    *,
    bound: dict[str, Any] | None = None,
    refusal: Exception | None = None,
) -> HttpResponse:
    actor, on = require("marriage.register"), working_day()
    office = couples.office_of(actor, on)
    if office is None:
        return redirect("marriage_desk")
    parties = couples.parties_of(couple)
    checks = _checks(couple.act, office, parties, on)
    form = (bound or {}).get("form") or EvidenceForm(couple.act, parties)
    return show(
        request, "couple",
        {
            "couple": couple, "act": ACT_WORDS[couple.act], "names": couples.names_of(couple), "office": office, "day": on,
            "headings": [SIDE_WORDS[side] for side in SIDES if side in parties],
            "rows": compared(couple, parties, on),
            "where": _where(office, parties, on) if couple.act != "no_record" else None,
            "failed": [_condition(one) for one in failed(checks)],
            "passed": [_condition(one) for one in checks if one.passed],
            "brought": [
                (SIDE_WORDS[side], brought_form(card, side, on, (bound or {}).get("brought")))
                for side in SIDES if (card := couple.card(side))
            ],
            "form": form, "refusal": said(refusal) if refusal else "",
            "missing": list(refusal.missing) if isinstance(refusal, Incomplete) else [],
            "extra": (bound or {}).get("extra") or extra_form(couple.act),
            "is_english": is_english(),
        },
        tab="marriage_desk",
    )  # fmt: skip


def _checks(act: str, office: Facility, parties: dict[str, Party], on: Any) -> list[Check]:
    if act == "marriage":
        return check_marriage(office=office, on=on, **parties)
    if act in ("divorce_application", "divorce"):
        return check_divorce(office=office, on=on, **parties)
    return []


def _condition(one: Check) -> Condition:
    """A check as the page explains it; the clashing act's number is for the registrar who reads this page."""
    note = _("已有登记 %(number)s（仅登记员可见，不得告知当事人）") % {"number": one.for_registrar}
    return Condition(
        label=one.words_en if is_english() else one.words, met=one.passed, article=one.article,
        note=note if one.for_registrar else "",
    )  # fmt: skip


def _where(office: Facility, parties: dict[str, Party], on: Any) -> dict[str, Any]:
    """Jurisdiction in one line."""
    found = may_register_at(
        office_district=office.division_code[:6],
        hukou_districts=[party.hukou_district for party in parties.values()],
        on=on,
    )
    reason = found.reason_en if is_english() else found.reason
    verb = _("本处可以办理") if found.allowed else _("本处不能办理")
    cross = _("（计为跨区）") if found.allowed and found.is_cross_district else ""
    return {"allowed": found.allowed, "text": f"{verb}{_('：')}{reason}{cross}", "article": found.article}


@require_POST
def brought(request: HttpRequest) -> HttpResponse:
    """Keeps what the papers on the desk say, beside what the register has."""
    require("marriage.register")
    couple = couples.current(request)
    if couple is None:
        return redirect("marriage_desk")
    forms = {
        side: brought_form(card, side, working_day(), request.POST) for side in SIDES if (card := couple.card(side))
    }  # fmt: skip
    # Both are asked, so that the faults of both are shown.
    valid = [form.is_valid() for form in forms.values()]
    if not all(valid):
        return _page(request, couple, bound={"brought": request.POST})
    for side, form in forms.items():
        card = couple.card(side)
        assert card is not None
        card.brought = form.kept()
    couples.keep(request, couple)
    messages.success(request, _("已登记所带证件所载内容。"))
    return redirect("marriage_couple")


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Registers the couple in one step, or tells everything that stands in the way and changes nothing."""
    actor, on = require("marriage.register"), working_day()
    couple = couples.current(request)
    office = couples.office_of(actor, on)
    if couple is None or office is None:
        return redirect("marriage_desk")
    parties = couples.parties_of(couple)
    form = EvidenceForm(couple.act, parties, request.POST, request.FILES)
    extra = extra_form(couple.act, request.POST)
    if not form.is_valid() or (extra is not None and not extra.is_valid()):
        return _page(request, couple, bound={"form": form, "extra": extra})
    try:
        made = keep_evidence(
            form=form, on=on,
            write=lambda evidence: write(couple, office, parties, evidence, on, extra.cleaned_data if extra else {}),
        )  # fmt: skip
    except (MarriageRefused, UploadRefused) as refusal:
        return _page(request, couple, bound={"form": form, "extra": extra}, refusal=refusal)
    if couple.booking:
        bookings.done(couple.booking)
    couples.end(request)
    messages.success(request, _("已办结：%(number)s") % {"number": made.number})
    return redirect("marriage_divorce" if couple.act == "divorce_application" else "marriage_entry", made.pk)


@require_POST
def refuse(request: HttpRequest) -> HttpResponse:
    """Refuses the couple with every rule that failed, and gives them the letter."""
    actor, on = require("marriage.register"), working_day()
    couple = couples.current(request)
    office = couples.office_of(actor, on)
    if couple is None or office is None:
        return redirect("marriage_desk")
    parties = couples.parties_of(couple)
    made = attempt(
        request,
        lambda: actions.refuse(
            office=office, kind=Kind.MARRIAGE if couple.act == "marriage" else Kind.DIVORCE,
            checks=_checks(couple.act, office, parties, on), on=on, man=parties["man"], woman=parties["woman"],
        ),
    )  # fmt: skip
    if made is None:
        return redirect("marriage_couple")
    couples.end(request)
    return redirect("marriage_refusal", made.pk)


@require_safe
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    """A refusal as the couple may read it; what clashes is shown to registrars of the place alone."""
    require("marriage.look")
    row = Refusal.objects.select_related("office", "registrar").filter(pk=pk).first()
    if row is None:
        raise Http404
    look_at_parties(row, _("不予登记"))
    clash = RefusalClash.objects.filter(pk=row.pk).first() if may("marriage.register") else None
    clashing = "、".join(str(number) for number in clash.acts.values()) if clash else ""
    conditions = [
        Condition(label=one["words_en"] if is_english() else one["words"], met=False, article=one["article"])
        for one in row.reasons
    ]
    return show(
        request, "refusal",
        {"row": row, "files": papers_of(row), "conditions": conditions, "clashing": clashing, "names": f"{row.man_name}、{row.woman_name}"},
        tab="marriage_desk",
    )  # fmt: skip
