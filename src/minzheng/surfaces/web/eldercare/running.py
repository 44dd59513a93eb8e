"""A facility's papers, incidents, medical care, filing and closure: what is recorded, and what the reader may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from minzheng.domains.eldercare_facilities import filings, kinds, medical, relief
from minzheng.domains.eldercare_facilities import running as acts_of
from minzheng.domains.eldercare_facilities.models import (
    Closure,
    Consultation,
    Filing,
    FilingState,
    Home,
    HospitalLink,
    Incident,
    Licence,
    Price,
    ReliefClaim,
)
from minzheng.domains.eldercare_facilities.queries import expiring
from minzheng.kernel.access import may, require
from minzheng.kernel.periods import SHANGHAI, now_utc
from minzheng.kernel.stays.models import StayState
from minzheng.kernel.stays.queries import residents_of, stays_on
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.eldercare import forms
from minzheng.surfaces.web.eldercare.home import base, facility_or_404, name_of
from minzheng.surfaces.web.eldercare.words import UNITS, Act, NothingForm, carry_out, may_run
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english


def _now() -> datetime:
    """The present time of day, on the day the workbench goes by."""
    return datetime.combine(working_day(), now_utc().astimezone(SHANGHAI).time(), SHANGHAI)


def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Prices with their history, licences with their last day; the home publishes and renews."""
    facility, mine = facility_or_404(pk)
    on = working_day()
    acts: dict[str, Act] = {}
    if may_run(pk, mine, "facilities.edit"):
        acts = {
            "price": Act(forms.starting(forms.PriceForm, start=on), lambda told: acts_of.publish_price(facility=facility, on=on, **told), _("公示价格"), _("已公示"), _("公示新价格")),
            "licence": Act(forms.LicenceForm, lambda told: acts_of.record_licence(facility=facility, **told), _("登记证件"), _("已登记"), _("登记证件")),
        }  # fmt: skip
    if carry_out(request, acts):
        return redirect("eldercare_papers", pk)
    return render(
        request, "web_eldercare/papers.html",
        base(facility, mine, "eldercare_papers") | {
            "acts": acts,
            "prices": [(row, UNITS.get(row.unit, row.unit), on in row.during) for row in Price.objects.filter(facility=facility).order_by("item", "-during")[:100]],
            "licences": [(kinds.LICENCES.get(row.kind, row.kind), row) for row in Licence.objects.filter(facility=facility).order_by("kind", "-during")[:50]],
            "ends": expiring(on=on, facility_id=pk),
        },
    )  # fmt: skip


def incidents(request: HttpRequest, pk: int) -> HttpResponse:
    """What went wrong, whether it was reported in time, what was done since."""
    facility, mine = facility_or_404(pk)
    require("stays.look")
    rows = list(
        Incident.objects.filter(facility=facility).prefetch_related("steps").order_by("-happened_at")[:50]
    )
    people = [stay.person_id for stay in stays_on(pk, on=working_day())]
    known = residents_of(pk, [*people, *(row.person_id for row in rows if row.person_id)])
    acts: dict[str, Act] = {}
    if may_run(pk, mine, "facilities.edit"):
        resident = [(person, known[person].name) for person in people if person in known]
        still_open = [
            (row.pk, f"{kinds.INCIDENTS.get(row.kind)} {formats.moment(row.happened_at)}")
            for row in rows
            if not row.closed_on
        ]
        acts["incident"] = Act(
            forms.with_choices(forms.IncidentForm, resident=resident),
            lambda told: acts_of.report_incident(facility=facility, kind=told["kind"], person_id=told["resident"], happened_at=told["happened_at"],
                                                 reported_at=_now(), words=told["words"]),
            _("报告"), _("已报告"), _("报告突发事件"),
        )  # fmt: skip
        if still_open:
            acts["follow"] = Act(
                forms.with_choices(forms.FollowForm, incident=still_open),
                lambda told: acts_of.follow_up(incident=Incident.objects.get(pk=told["incident"]), words=told["words"], at=_now(), closes=told["closes"]),
                _("登记处置"), _("已登记处置情况"), _("后续处置"),
            )  # fmt: skip
    if carry_out(request, acts):
        return redirect("eldercare_incidents", pk)
    return render(
        request, "web_eldercare/incidents.html",
        base(facility, mine, "eldercare_incidents") | {
            "acts": acts,
            "incidents": [(kinds.INCIDENTS.get(row.kind, row.kind), row, name_of(known, row.person_id), list(row.steps.order_by("at"))) for row in rows],
        },
    )  # fmt: skip


def medical_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The medical form with its last day, the internet hospital, consultations."""
    facility, mine = facility_or_404(pk)
    on = working_day()
    home = Home.objects.filter(facility=facility).first()
    links = list(HospitalLink.objects.filter(facility=facility).order_by("-during")[:20])
    consultations = list(Consultation.objects.filter(facility=facility).select_related("link").order_by("-booked_for")[:50]) if may("stays.look") else []  # fmt: skip
    stays = list(stays_on(pk, on=on).filter(state=StayState.PRESENT)) if may("stays.look") else []
    known = residents_of(pk, [*(s.person_id for s in stays), *(c.person_id for c in consultations)])
    acts: dict[str, Act] = {}
    if may_run(pk, mine, "facilities.edit") and home is not None:
        told = {
            "form": home.medical_form,
            "partner": home.medical_partner,
            "number": home.medical_number,
            "last": home.medical_until,
        }
        acts["medical"] = Act(forms.starting(forms.MedicalForm, **told), lambda told: acts_of.set_medical(facility=facility, **told), _("保存"), _("已更新"), _("医养结合形式"))  # fmt: skip
        acts["link"] = Act(forms.starting(forms.LinkForm, start=on), lambda told: medical.link_hospital(facility=facility, **told), _("登记合同"), _("已登记"), _("签约互联网医院"))  # fmt: skip
    if may_run(pk, mine, "stays.admit"):
        current = [(link.pk, link.hospital) for link in links if on in link.during]
        waiting = [
            (c.pk, f"{name_of(known, c.person_id)} {formats.moment(c.booked_for)}")
            for c in consultations
            if c.held_at is None and not c.cancelled
        ]
        if current:
            by_pk = {stay.pk: stay for stay in stays}
            resident = [(stay.pk, known[stay.person_id].name) for stay in stays if stay.person_id in known]
            acts["book"] = Act(
                forms.with_choices(forms.BookForm, resident=resident, link=current),
                lambda told: medical.book_consultation(stay=by_pk[told["resident"]], link=HospitalLink.objects.get(pk=told["link"]), at=told["at"]),
                _("预约"), _("已预约"), _("预约互联网诊疗"),
            )  # fmt: skip
        if waiting:
            acts["hold"] = Act(
                forms.with_choices(forms.HoldForm, consultation=waiting),
                lambda told: medical.hold_consultation(consultation=Consultation.objects.get(pk=told["consultation"]), at=_now(), doctor=told["doctor"],
                                                       advice=told["advice"], prescription=told["prescription"]),
                _("登记结果"), _("已登记诊疗结果"), _("诊疗结果"),
            )  # fmt: skip
    if carry_out(request, acts):
        return redirect("eldercare_medical", pk)
    return render(
        request, "web_eldercare/medical.html",
        base(facility, mine, "eldercare_medical") | {
            "acts": acts, "home": home, "form_words": kinds.MEDICAL[home.medical_form] if home else "—",
            "is_over": bool(home and home.medical_until and home.medical_until < on),
            "links": [(link, on in link.during) for link in links],
            "consultations": [(name_of(known, row.person_id), row) for row in consultations],
        },
    )  # fmt: skip


def filing(request: HttpRequest, pk: int) -> HttpResponse:
    """Filing, relief, closure: handed in by the home, decided by the district."""
    facility, mine = facility_or_404(pk)
    on = working_day()
    rows = list(Filing.objects.filter(facility=facility).order_by("-filed_on", "-pk")[:20])
    waiting = next((row for row in rows if row.state == FilingState.FILED), None)
    stands = any(row.state in (FilingState.FILED, FilingState.APPROVED) for row in rows)
    closure = Closure.objects.filter(facility=facility, during__contains=on).first()
    claims = list(ReliefClaim.objects.filter(facility=facility).order_by("-claimed_on", "-pk")[:30])
    met = relief.measures_met(facility, on=on) if Home.objects.filter(facility=facility).exists() else []
    asked = {claim.measure for claim in claims if claim.state != "refused"}
    word = {code: one.name_en if is_english() else one.name for code, one in relief.measures().items()}
    acts: dict[str, Act] = {}
    if may_run(pk, mine, "facilities.edit"):
        if not stands:
            acts["file"] = Act(forms.starting(forms.FilingForm, opened_on=facility.during.lower), lambda told: filings.file(facility=facility, on=on, **told), _("提交备案"), _("已提交"), _("备案"))  # fmt: skip
        open_ = [
            (one.measure.code, f"{word[one.measure.code]} {formats.fen(one.sum_fen)}")
            for one in met
            if one.measure.code not in asked
        ]
        if open_:
            acts["claim"] = Act(forms.with_choices(forms.ClaimForm, measure=open_), lambda told: relief.claim(facility=facility, measure=told["measure"], on=on), _("申领"), _("已申领"), _("申领纾困扶持"))  # fmt: skip
    if may_run(pk, mine, "facilities.approve"):
        if waiting is not None:
            acts["approve"] = Act(forms.ApproveForm, lambda told: filings.approve(filing=waiting, number=told["number"], on=on), _("准予备案"), _("已备案"), _("准予备案"), tone="")  # fmt: skip
            acts["send_back"] = Act(forms.ReasonForm, lambda told: filings.send_back(filing=waiting, why=told["why"], on=on), _("退回补正"), _("已退回"), _("退回补正"))  # fmt: skip
        acts |= _relief_acts(claims, word, on)
        if closure is None:
            acts["shut"] = Act(forms.ReasonForm, lambda told: acts_of.close_for_a_time(facility=facility, reason=told["why"], on=on), _("暂停服务"), _("已登记暂停服务"), _("责令暂停服务"), tone="warning")  # fmt: skip
        else:
            acts["reopen"] = Act(NothingForm, lambda _told: acts_of.reopen(closure=closure, on=on), _("恢复服务"), _("已恢复服务"), _("恢复服务"))  # fmt: skip
    if carry_out(request, acts):
        return redirect("eldercare_filing", pk)
    still_here = (
        stays_on(pk, on=on).filter(state__in=(StayState.PRESENT, StayState.AWAY)).count()
        if closure and may("stays.look")
        else None
    )
    return render(
        request, "web_eldercare/filing.html",
        base(facility, mine, "eldercare_filing") | {
            "acts": acts, "filings": [(f"filing_{row.state}", row) for row in rows], "still_here": still_here,
            "met": [(word[one.measure.code], one) for one in met], "sum_fen": sum(one.sum_fen for one in met),
            "claims": [(word.get(row.measure, row.measure), f"relief_{row.state}", row) for row in claims],
        },
    )  # fmt: skip


def _relief_acts(claims: list[ReliefClaim], word: dict[str, str], on: Any) -> dict[str, Act]:
    """What the district may do with the claims that wait."""
    named = {row.pk: row for row in claims}
    acts: dict[str, Act] = {}
    claimed = [
        (row.pk, f"{word.get(row.measure, row.measure)} {formats.fen(row.reckoned_fen)}")
        for row in claims
        if row.state == "claimed"
    ]
    approved = [
        (row.pk, f"{word.get(row.measure, row.measure)} {formats.fen(row.approved_fen)}")
        for row in claims
        if row.state == "approved"
    ]
    if claimed:
        acts["decide"] = Act(forms.with_choices(forms.DecideForm, claim=claimed), lambda told: relief.decide(claim=named[told["claim"]], approved_fen=told["approved_fen"], words=told["words"], on=on), _("审核"), _("已审核"), _("审核申领"))  # fmt: skip
    if approved:
        acts["pay"] = Act(forms.with_choices(forms.PayForm, claim=approved), lambda told: relief.pay(claim=named[told["claim"]], on=on), _("登记拨付"), _("已登记拨付"), _("拨付"))  # fmt: skip
    return acts
