"""One facility's beds: who is in which, as far as the reader may know; and one resident, one free bed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from minzheng.domains.eldercare_facilities import kinds, residents
from minzheng.domains.eldercare_facilities.basic_beds import used_without_right
from minzheng.domains.eldercare_facilities.models import (
    BedRelease,
    Closure,
    Consultation,
    Contract,
    Home,
    Occupant,
)
from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.facilities.queries import my_facility
from minzheng.kernel.places.queries import contains, path_name
from minzheng.kernel.stays import actions
from minzheng.kernel.stays.models import Absence, Bed, Stay, StayState
from minzheng.kernel.stays.queries import Resident, beds_in_use, free_beds, occupancy, residents_of, stays_on
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.eldercare.forms import (
    AdmitForm,
    AwayForm,
    ContractForm,
    LeaveForm,
    MoveForm,
    RightForm,
    starting,
    with_choices,
)
from minzheng.surfaces.web.eldercare.public import bed_rows
from minzheng.surfaces.web.eldercare.tabs import facility_tabs
from minzheng.surfaces.web.eldercare.words import Act, NothingForm, carry_out, may_run
from minzheng.surfaces.web.work.day import working_day

SEXES = {1: "男", 2: "女"}


def facility_or_404(pk: int) -> tuple[Facility, int | None]:
    """The facility, and the one the reader's post works for; another home's, and another district's, are not shown."""
    actor = require("facilities.look")
    mine = my_facility()
    facility = get_object_or_404(Facility.objects.select_related("organisation"), pk=pk, kind__in=kinds.KINDS)
    inside = contains(actor.division_code or "310000", facility.division_code)
    if (mine is not None and mine != pk) or (mine is None and not inside):
        raise Http404
    return facility, mine


def base(facility: Facility, mine: int | None, current: str) -> dict[str, Any]:
    return {
        "facility": facility,
        "kind": kinds.KINDS[facility.kind],
        "place": path_name(facility.division_code),
        "tabs": facility_tabs(facility, current),
        "is_mine": mine == facility.pk,
        "closure": Closure.objects.filter(facility=facility, during__contains=working_day()).first(),
    }


def name_of(known: dict[int, Resident], person: int | None) -> str:
    return known[person].name if person in known else _("不详") if person else "—"


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The beds by room; an Excel copy of who is in them, masked as on the screen."""
    facility, mine = facility_or_404(pk)
    on = working_day()
    stays = {stay.bed_id: stay for stay in stays_on(pk, on=on)} if may("stays.look") else {}
    known = residents_of(pk, [stay.person_id for stay in stays.values()])
    rights = {row.stay_id: row for row in Occupant.objects.filter(stay__in=stays.values())}
    doubtful = set(used_without_right(on=on, facility_id=pk).values_list("pk", flat=True)) if stays else set()
    released = set(
        BedRelease.objects.filter(facility=facility, during__contains=on).values_list("bed_id", flat=True)
    )
    rows = [
        _bed_row(bed, stays.get(bed.pk), known, rights, doubtful, released) for bed in beds_in_use(pk, on=on)
    ]
    table = Table(
        [
            Column("label", _("床位"), is_heading=True), Column("kind", _("类型")), Column("name", _("老人")),
            Column("age", _("年龄"), kind="count"), Column("state", _("状态"), kind="status"), Column("since", _("入住"), kind="date"),
            Column("right", _("入住资格")), Column("is_doubtful", _("资格存疑"), kind="yes_no"),
        ],
        rows, request, export_name=f"beds-{facility.code}-{on}", page_size=1000,
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    rooms: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        rooms.setdefault(row["bed"].room, []).append(row)
    counts = occupancy(on=on, facilities=[pk])
    return render(
        request,
        "web_eldercare/home.html",
        base(facility, mine, "eldercare_facility")
        | {
            "home": Home.objects.filter(facility=facility).first(),
            "rooms": list(rooms.items()),
            "beds": bed_rows(counts),
            "all": sum(one.beds for one in counts),
            "present": sum(one.present for one in counts),
            "away": sum(one.away for one in counts),
            "free": sum(one.free for one in counts),
            "doubtful": len(doubtful),
            "sees_people": may("stays.look"),
            "may_admit": may_run(pk, mine, "stays.admit"),
            "export": table.export_href,
            "on": on,
        },
    )


def _bed_row(
    bed: Bed, stay: Stay | None, known: dict[int, Resident], rights: dict[int, Occupant], doubtful: set[int],
    released: set[int],
) -> dict[str, Any]:  # fmt: skip
    person = known.get(stay.person_id) if stay else None
    right = rights.get(stay.pk) if stay else None
    return {
        "bed": bed,
        "label": str(bed),
        "kind": kinds.BEDS.get(bed.kind, bed.kind),
        "stay": stay,
        "name": person.name if person else "",
        "age": working_day().year - person.birth_date.year if person and person.birth_date else None,
        "state": f"stay_{stay.state}" if stay else "",
        "since": stay.during.lower if stay else None,
        "right": kinds.ENTITLEMENTS.get(right.entitlement, right.entitlement) if right else "",
        "is_doubtful": stay is not None and stay.pk in doubtful,
        "is_released": bed.pk in released,
        "sex": SEXES.get(bed.sex or 0, ""),
    }


def bed(request: HttpRequest, pk: int, bed_pk: int) -> HttpResponse:
    """A free bed: somebody moves in on showing their card."""
    facility, mine = facility_or_404(pk)
    require("stays.admit")
    on = working_day()
    chosen = get_object_or_404(beds_in_use(pk, on=on), pk=bed_pk)
    if stays_on(pk, on=on).filter(bed=chosen).exists():
        return redirect("eldercare_facility", pk)

    def take_in(told: dict[str, Any]) -> Stay:
        return residents.take_in(
            number=told["number"], name=told["name"], bed=chosen,
            right=residents.Right(told["entitlement"], told["grade"], told["paper"]), on=on,
        )  # fmt: skip

    acts = {"admit": Act(AdmitForm, take_in, _("办理入住"), _("已办理入住"), tone="")}
    if may_run(pk, mine, "stays.admit") and carry_out(request, acts):
        return redirect("eldercare_facility", pk)
    return render(
        request, "web_eldercare/bed.html",
        base(facility, mine, "eldercare_facility") | {"bed": chosen, "bed_kind": kinds.BEDS.get(chosen.kind, chosen.kind),
        "acts": acts, "form": acts["admit"].form, "on": on},
    )  # fmt: skip


def stay(request: HttpRequest, pk: int, stay_pk: int) -> HttpResponse:
    """One resident of the facility: bed, right, contract, absences; what the home may do with the stay."""
    facility, mine = facility_or_404(pk)
    require("stays.look")
    on = working_day()
    found = get_object_or_404(Stay.objects.select_related("bed"), pk=stay_pk, facility=facility)
    look(found.person_id, purpose=_("养老机构入住记录"), division_code=found.division_code)
    person = residents_of(pk, [found.person_id]).get(found.person_id)
    right = Occupant.objects.filter(stay=found).first()
    acts = _acts(found, right, on) if may_run(pk, mine, "stays.admit") else {}
    if carry_out(request, acts):
        after = Stay.objects.filter(follows=found).first()
        return redirect("eldercare_stay", pk, after.pk if after else found.pk)
    return render(
        request,
        "web_eldercare/stay.html",
        base(facility, mine, "eldercare_facility")
        | {
            "stay": found,
            "state": f"stay_{found.state}",
            "person": person,
            "bed_kind": kinds.BEDS.get(found.bed.kind, found.bed.kind),
            "rows": _facts(found, person, right),
            "contracts": list(
                Contract.objects.filter(facility=facility, person=found.person_id).order_by("-signed_on")[:10]
            ),
            "absences": [
                (row.during.lower, row.during.upper, kinds.ABSENCES.get(row.because, row.because))
                for row in Absence.objects.filter(stay=found).order_by("-during")[:20]
            ],
            "consultations": list(
                Consultation.objects.filter(facility=facility, person=found.person_id)
                .select_related("link")
                .order_by("-booked_for")[:10]
            ),
            "acts": acts,
        },
    )


def _facts(stay: Stay, person: Resident | None, right: Occupant | None) -> list[dict[str, Any]]:
    return [
        {"label": _("证件号码"), "value": person.number if person else "—"},
        {"label": _("性别"), "value": _(SEXES.get(person.sex, "—")) if person else "—"},
        {"label": _("出生年份"), "value": person.birth_date.year if person and person.birth_date else "—"},
        {"label": _("床位"), "value": f"{stay.bed} {kinds.BEDS.get(stay.bed.kind, stay.bed.kind)}"},
        {"label": _("入住"), "value": stay.during.lower},
        {"label": _("离开"), "value": stay.during.upper or "—"},
        {
            "label": _("入住资格"),
            "value": kinds.ENTITLEMENTS.get(right.entitlement, "—") if right else _("未登记"),
        },
        {"label": _("照护等级"), "value": "—" if right is None or right.grade is None else right.grade},
        {"label": _("依据材料"), "value": (right.paper if right else "") or "—"},
    ]


def _acts(stay: Stay, right: Occupant | None, on: Any) -> dict[str, Act]:
    """What may be done with a stay in its present state."""
    if stay.state == StayState.PLANNED:
        return {
            "arrive": Act(NothingForm, lambda _told: actions.admit_planned(stay=stay, on=on), _("办理入住"), _("已办理入住"), tone=""),
            "cancel": Act(NothingForm, lambda _told: actions.cancel_stay(stay=stay, because="cancelled"), _("取消预留"), _("已取消预留")),
        }  # fmt: skip
    if stay.state not in (StayState.PRESENT, StayState.AWAY):
        return {}
    beds = [(bed.pk, f"{bed} {kinds.BEDS.get(bed.kind, bed.kind)}") for bed in free_beds(on=on, facilities=[stay.facility_id]).order_by("room", "label")[:200]]  # fmt: skip
    found: dict[str, Act] = {}
    if stay.state == StayState.PRESENT:
        found["away"] = Act(AwayForm, lambda told: actions.go_away(stay=stay, on=on, because=told["because"]), _("登记外出"), _("已登记，床位保留"), _("住院或请假"))  # fmt: skip
    else:
        found["back"] = Act(NothingForm, lambda _told: actions.come_back(stay=stay, on=on), _("登记返院"), _("已登记返院"), _("返院"), tone="")  # fmt: skip
    return found | {
        "move": Act(with_choices(MoveForm, bed=beds), lambda told: residents.change_bed(stay=stay, bed=Bed.objects.get(pk=told["bed"]), on=on), _("换床"), _("已换床"), _("换床")),
        "right": Act(starting(RightForm, entitlement=right.entitlement, grade=right.grade, paper=right.paper) if right else RightForm,
                     lambda told: residents.record_right(stay=stay, right=residents.Right(**told), on=on), _("保存资格"), _("已登记入住资格"), _("入住资格")),
        "contract": Act(ContractForm, lambda told: residents.sign_contract(stay=stay, on=on, **told), _("登记合同"), _("已登记合同"), _("服务合同")),
        "leave": Act(starting(LeaveForm, day=on), lambda told: residents.leave(stay=stay, on=told["day"], because=told["because"]), _("办理离院"), _("已办理离院"), _("离院"), tone="warning"),
    }  # fmt: skip
