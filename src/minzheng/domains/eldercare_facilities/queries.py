"""Readings of elder care for screens and reports: figures of a place, papers that end soon."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, DateField, Exists, F, Func, OuterRef, Q, TextField, Value

from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.models import Consultation, Home, HospitalLink, Licence
from minzheng.domains.eldercare_facilities.working_rules import rules_on
from minzheng.kernel.facilities.queries import facilities_open
from minzheng.kernel.places.queries import scope
from minzheng.kernel.stays.queries import Occupancy, occupancy


@dataclass(slots=True)
class PlaceFigures:
    """Elder care of one district on a day."""

    division_code: str
    facilities: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    beds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    taken: int = 0
    free: int = 0
    homes_with_medical: int = 0
    beds_with_medical: int = 0

    @property
    def all_beds(self) -> int:
        return sum(self.beds.values())

    @property
    def occupancy_percent(self) -> float | None:
        """Beds with somebody in them or kept for somebody away, of all."""
        return 100 * self.taken / self.all_beds if self.all_beds else None

    @property
    def homes(self) -> int:
        return self.facilities[kinds.HOME]

    @property
    def medical_percent(self) -> float | None:
        """Homes with an own clinic or a contract that is valid (医养结合覆盖)."""
        return 100 * self.homes_with_medical / self.homes if self.homes else None

    @property
    def medical_beds_percent(self) -> float | None:
        return 100 * self.beds_with_medical / self.all_beds if self.all_beds else None


def figures_by_district(*, on: date, within: str = "310000") -> dict[str, PlaceFigures]:
    """Facilities, beds, occupancy and medical cover by district; every figure is public. Three queries."""
    found: dict[str, PlaceFigures] = {}
    rows = list(
        facilities_open(on=on, kinds=tuple(kinds.KINDS), within=within).values_list(
            "id", "kind", "division_code"
        )
    )
    covered = set(
        Home.objects.exclude(medical_form=kinds.NO_MEDICAL)
        .filter(medical_until__gte=on)
        .values_list("facility_id", flat=True)
    )
    by_facility: dict[int, list[Occupancy]] = defaultdict(list)
    for one in occupancy(on=on, facilities=None if within == "310000" else [row[0] for row in rows]):
        by_facility[one.facility_id].append(one)
    for facility, kind, division in rows:
        place = found.setdefault(division[:6], PlaceFigures(division[:6]))
        place.facilities[kind] += 1
        place.homes_with_medical += kind == kinds.HOME and facility in covered
        for one in by_facility[facility]:
            place.beds[one.kind] += one.beds
            place.taken += one.present + one.away
            place.free += one.free
            place.beds_with_medical += one.beds if facility in covered else 0
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Expiring:
    """A licence or medical contract whose last day is near or past."""

    facility_id: int
    facility: str
    division_code: str
    kind: str
    number: str
    last: date
    days: int


def expiring(
    *, on: date, within: str = "310000", facility_id: int | None = None, most: int = 500
) -> list[Expiring]:
    """Papers whose last day lies within the days of `expiry_days`, or lies behind; the soonest first."""
    low, high = scope(within)
    until = on + timedelta(days=int(rules_on(on).expiry_days))
    inside = Q(division_code__gte=low, division_code__lt=high, facility__during__contains=on)
    if facility_id is not None:
        inside &= Q(facility=facility_id)
    renewed = Licence.objects.filter(
        facility=OuterRef("facility"), kind=OuterRef("kind"), during__fully_gt=OuterRef("during")
    )
    licences = (
        Licence.objects.filter(~Exists(renewed), inside, during__endswith__lte=until + timedelta(days=1))
        .annotate(end=Func(F("during"), function="upper", output_field=DateField()))
        .order_by("end", "id")
        .values_list("facility_id", "facility__name", "division_code", "kind", "number", "end")[:most]
    )
    medical = (
        Home.objects.filter(inside, medical_until__lte=until)
        .exclude(medical_form=kinds.NO_MEDICAL)
        .order_by("medical_until", "facility_id")
        .values_list(
            "facility_id",
            "facility__name",
            "division_code",
            "medical_form",
            "medical_number",
            "medical_until",
        )[:most]
    )
    rows = [Expiring(*row[:5], row[5] - timedelta(days=1), (row[5] - on).days - 1) for row in licences]
    rows += [Expiring(*row[:5], row[5], (row[5] - on).days) for row in medical if row[5] is not None]
    return sorted(rows, key=lambda row: (row.last, row.facility_id))[:most]


def hospital_figures(*, start: date, end: date, within: str = "310000") -> dict[str, tuple[int, int]]:
    """(homes linked on the last day, consultations held) by district, in the days from `start` to `end` inclusive."""
    low, high = scope(within)
    inside = Q(division_code__gte=low, division_code__lt=high)
    linked = dict(
        HospitalLink.objects.filter(inside, during__contains=end)
        .annotate(district=Func(F("division_code"), Value(6), function="left", output_field=TextField()))
        .values_list("district")
        .annotate(count=Count("facility", distinct=True))
    )
    held = dict(
        Consultation.objects.filter(inside, held_at__date__range=(start, end))
        .annotate(district=Func(F("division_code"), Value(6), function="left", output_field=TextField()))
        .values_list("district")
        .annotate(count=Count("id"))
    )
    return {code: (linked.get(code, 0), held.get(code, 0)) for code in sorted({*linked, *held})}
