"""The synthetic workforce: care workers of every home with insurance, certificates, a course, claims, one application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from minzheng.domains.eldercare_facilities.kinds import HOME
from minzheng.domains.eldercare_workforce import contests, entry, recognition, training
from minzheng.domains.eldercare_workforce.employment import Job, hire, record_certificate, take_insurance
from minzheng.domains.eldercare_workforce.models import Employment
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.identifiers import check_character
from minzheng.kernel.periods import Month, iter_months
from minzheng.kernel.stays.queries import occupancy

Watcher = Callable[[str, str], None]
SOURCE = "合成数据（示意）"
_NAMES = ("沈", "陆", "顾", "金", "钱", "严", "倪", "戴")


def prepare_workforce(*, on: date, watch: Watcher = lambda _step, _detail: None) -> int:
    """Workers of every home as they stand on a day; what is there already stays. Returns how many were added."""
    with acting_as_service("demo"):
        if Employment.objects.exists():
            watch("护理队伍", "从业人员此前已就绪")
            return 0
        homes = list(Facility.objects.filter(kind=HOME, during__contains=on).order_by("code")[:400])
        beds = {one.pk: 0 for one in homes}
        for one in occupancy(on=on, facilities=list(beds)):
            beds[one.facility_id] += one.beds
        made = [employment for home in homes for employment in _staff(home, beds[home.pk], on)]
        last = Month.of(on) - 1
        rows = [
            (one.worker_id, one.facility, month.first_day)
            for one in made
            for month in iter_months(max(Month.of(one.during.lower), last - 70), last)
        ]
        take_insurance(rows=rows, source=SOURCE)
    _managed(on)
    watch("护理队伍", f"{len(made)} 名从业人员（示意）")
    return len(made)


def _staff(home: Facility, beds: int, on: date) -> list[Employment]:
    """A care worker for four beds and at least two, one nurse, one manager."""
    draw = Random(f"workforce {home.code}")
    made: list[Employment] = []
    for post in ["care"] * min(max(beds // 4, 2), 30) + ["nurse", "manager"]:
        body = f"310195{draw.randint(1965, 2001)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}{draw.randint(1, 995):03d}"
        first = max(home.during.lower, on - timedelta(days=draw.randint(60, 2100)))
        one = hire(
            facility=home, name=f"{draw.choice(_NAMES)}合成{home.pk % 97}{len(made)}", number=body + check_character(body),
            job=Job(post, f"示意合同{len(made) + 1}"), on=first, degree=draw.choice(("", "secondary", "college", "bachelor")),
            degree_paper="示意证书",
        )  # fmt: skip
        made.append(one)
        if post == "care" and draw.random() < 0.8:
            record_certificate(
                employment=one, level=draw.choice((5, 5, 4, 3)), number=f"示意{home.code}-{len(made)}",
                issued_on=max(first, on - timedelta(days=30)), on=on,
            )  # fmt: skip
    return made


def _managed(on: date) -> None:
    """The demonstration's home sends two workers to a course, claims what is due and applies; a contest was held."""
    district = Post.objects.filter(official__user__username="quji", role="district_reviewer").first()
    manager = Post.objects.filter(official__user__username="yuanzhang", role="facility_manager").first()
    if district is None or manager is None:
        return
    with acting(district):
        course = training.open_course(
            title="养老护理员四级培训班（示意）", division_code=district.division_code, level=4, hours=80,
            first_day=on + timedelta(days=14), last_day=on + timedelta(days=35), places=40,
        )  # fmt: skip
        contests.hold_contest(
            title="2022年上海市民政行业职业技能竞赛（示意）", division_code=district.division_code, level="city",
            held_on=date(on.year, 7, 1), source=SOURCE,
        )  # fmt: skip
    with acting(manager):
        care = list(Employment.objects.filter(post="care").select_related("worker").order_by("id"))
        if not care:
            return
        for employment in care[:2]:
            training.enrol(employment=employment, course=course, on=on)
        standing = entry.standings([one.worker for one in care], on=on)
        for employment in [one for one in care if standing[one.worker_id].is_due][:2]:
            entry.claim(employment=employment, on=on)
        recognition.apply(facility=care[0].facility, on=on)
