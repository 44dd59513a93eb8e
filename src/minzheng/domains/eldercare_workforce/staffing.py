"""Readings of the workforce: staff per occupied bed and share certified, by facility and district; a facility's list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Min

from minzheng.domains.eldercare_facilities import HOME
from minzheng.domains.eldercare_workforce.models import Certificate, Employment
from minzheng.kernel.access import scope_of
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.stays.queries import occupancy

# Heads, full and part time alike: the list of a facility is one row for each employment.
_COUNTS = """
    SELECT e.facility_id, count(DISTINCT e.worker_id),
           count(DISTINCT e.worker_id) FILTER (WHERE e.post = 'care'),
           count(DISTINCT e.worker_id) FILTER (WHERE e.post = 'care' AND EXISTS (
             SELECT 1 FROM eldercare_workforce_certificate c WHERE c.worker_id = e.worker_id AND c.issued_on <= %(on)s))
    FROM eldercare_workforce_employment e
    WHERE e.during @> %(on)s::date AND e.division_code >= %(low)s AND e.division_code < %(high)s
    GROUP BY e.facility_id
"""


@dataclass(slots=True)
class Staffing:
    """Staff of a facility or district on a day: heads, those in care posts, of these certified, beds with somebody in them."""

    code: str
    name: str
    division_code: str
    staff: int = 0
    care: int = 0
    certified: int = 0
    taken: int = 0

    @property
    def staff_per_bed(self) -> float | None:
        """Staff per occupied bed (每张入住床位配备人员); nothing where no bed is taken."""
        return self.staff / self.taken if self.taken else None

    @property
    def care_per_bed(self) -> float | None:
        return self.care / self.taken if self.taken else None

    @property
    def certified_percent(self) -> float | None:
        """Care workers with a certificate of any level (持证率)."""
        return 100 * self.certified / self.care if self.care else None


def staffing(*, on: date, within: str, facility_id: int | None = None) -> list[Staffing]:
    """By home, as far as the reader sees employments; homes without staff stand with nothing. Three queries."""
    low, high = scope_of(within)
    homes = Facility.objects.filter(
        kind=HOME, during__contains=on, division_code__gte=low, division_code__lt=high
    ).order_by("code")
    if facility_id is not None:
        homes = homes.filter(pk=facility_id)
    rows = {home.pk: Staffing(str(home.pk), home.name, home.division_code) for home in homes}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"on": on, "low": low, "high": high})
        for facility, staff, care, certified in cursor.fetchall():
            if facility in rows:
                row = rows[facility]
                row.staff, row.care, row.certified = staff, care, certified
    for one in occupancy(on=on, facilities=list(rows)):
        rows[one.facility_id].taken += one.present + one.away
    return list(rows.values())


def by_district(rows: Iterable[Staffing], names: dict[str, str]) -> list[Staffing]:
    """The rows of homes added up by district."""
    found: dict[str, Staffing] = {}
    for row in rows:
        code = row.division_code[:6]
        one = found.setdefault(code, Staffing(code, names.get(code, code), code))
        one.staff += row.staff
        one.care += row.care
        one.certified += row.certified
        one.taken += row.taken
    return [found[code] for code in sorted(found)]


def employed(facility_id: int, *, on: date) -> list[Employment]:
    """Who works at a facility on a day, by post and name."""
    return list(
        Employment.objects.filter(facility_id=facility_id, during__contains=on)
        .select_related("worker")
        .order_by("post", "worker__name", "id")
    )


def levels_of(workers: Iterable[int]) -> dict[int, tuple[int, str]]:
    """The highest skill level of each worker with the number of its certificate; one is the highest."""
    ids = list(workers)
    best = dict(
        Certificate.objects.filter(worker__in=ids)
        .values_list("worker")
        .annotate(level=Min("level"))
        .order_by()
    )
    found: dict[int, tuple[int, str]] = defaultdict(lambda: (0, ""))
    for worker, level, number in Certificate.objects.filter(worker__in=ids).values_list(
        "worker", "level", "number"
    ):
        if best[worker] == level:
            found[worker] = (level, number)
    return found
