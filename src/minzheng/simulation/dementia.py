"""The demonstration's dementia care: units of a few homes, streets of four batches, screenings of one street (示意)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from django.db.models import Count

from minzheng.domains.dementia_care.catalogue import screening_form, unit_standard
from minzheng.domains.dementia_care.communities import (
    check_itself,
    give_evidence,
    join_street,
    open_year,
    tasks_lacking,
)
from minzheng.domains.dementia_care.models import Community, Referral, Screening, StaffCount, Unit
from minzheng.domains.dementia_care.screening import record_result, screen, settle_consent
from minzheng.domains.dementia_care.units import accept_unit, report_staff
from minzheng.domains.eldercare_facilities import HOME
from minzheng.domains.eldercare_facilities.kinds import DEMENTIA, MARKET
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.places.models import Division
from minzheng.kernel.stays.models import Bed

SEED, HOMES, STREETS, PEOPLE, PER_WORKER = 20220905, 20, 40, 16, 5
PAPER = "合成数据（示意）"


def prepare_dementia(*, on: date, watch: Callable[[str, str], None] = lambda _step, _detail: None) -> int:
    """Dementia care as it stands on a day; call it outside of any acting block. Returns the units.

    Each of the three steps finds out for itself whether it is done: killed between them, a repeat goes on.
    """
    with acting_as_service("demo"):
        street = _post("jiedao")
        city = _post("shizheng")
    with acting(city):
        if not Community.objects.exists():
            stand_units(on)
            _streets(on, street.division_code)
        units = list(Unit.objects.annotate(count=Count("beds")).order_by("facility__code", "pk"))
    with acting_as_service("demo"):
        if not StaffCount.objects.exists():
            for number, unit in enumerate(units):
                enough = -(-unit.count // PER_WORKER)
                workers = max(0, enough - 1) if number % 3 == 0 else enough
                report_staff(unit=unit, workers=workers, on=unit.accepted_on)
    with acting(street):
        if not Screening.objects.exists():
            _evidence(on, street.division_code)
            _screen(on, street.division_code)
        people = Screening.objects.count()
    watch("认知障碍照护", f"{len(units)} 个照护单元，{STREETS} 个街镇，{people} 人筛查（示意）")
    return len(units)


def _post(username: str) -> Post:
    return Post.objects.filter(official__user__username=username).order_by("pk")[0]


def stand_units(on: date, *, homes: int = HOMES, rebuilt: int = 3) -> None:
    """A unit in each of some homes; every other one had up to `rebuilt` never used beds rebuilt in the year."""
    day = on - timedelta(days=40)
    found = Facility.objects.filter(kind=HOME, during__contains=day, beds__kind=DEMENTIA).distinct()
    met = [one.code for one in unit_standard()]
    for number, home in enumerate(found.order_by("code")[:homes]):
        own = Bed.objects.filter(
            facility=home, during__contains=day, during__startswith__lt=day, dementia_bed=None
        )
        beds = list(own.filter(kind=DEMENTIA).values_list("pk", flat=True))
        if number % 2 == 0:
            beds += own.filter(kind=MARKET, stays=None).order_by("pk").values_list("pk", flat=True)[:rebuilt]
        if beds:
            accept_unit(
                facility=home, name="忆馨照护单元（示意）", beds=beds, met=met, on=day,
                document=f"示意验〔{on.year}〕{number + 1}号",
            )  # fmt: skip


def _streets(on: date, own: str) -> None:
    codes = list(
        Division.objects.filter(code__regex=r"^[0-9]{9}$", during__contains=on).exclude(code=own)
        .order_by("code").values_list("code", flat=True)
    )  # fmt: skip
    for number, code in enumerate([own, *codes[:: max(1, len(codes) // STREETS)]][:STREETS]):
        batch = 4 - number % 4
        community = join_street(
            division_code=code, batch=batch, on=date(on.year - 4 + batch, 4, 1), document=PAPER
        )
        open_year(community=community, year=on.year)


def _evidence(on: date, own: str) -> None:
    """The demonstration's street has shown all but two tasks and checked itself."""
    community = Community.objects.get(division_code=own)
    for task in tasks_lacking(community, on.year)[:-2]:
        give_evidence(task=task, text=f"{task.name}：已完成（示意）", on=on - timedelta(days=20))
    check_itself(
        community=community, year=on.year, words="两项任务尚在进行（示意）", on=on - timedelta(days=5)
    )


def _screen(on: date, own: str) -> None:
    """Elders of the street; some are under the cut-off, and of these one waits for consent and one was diagnosed."""
    draw, form = Random(SEED), screening_form()
    people = list(
        Person.objects.filter(
            birth_date__lt=date(on.year - 70, 1, 1),
            death_date=None,
            merged_into=None,
            division_code__startswith=own,
        ).order_by("pk")[:PEOPLE]
    )
    day = on - timedelta(days=12)
    for number, person in enumerate(people):
        at = -1 if number % 4 == 1 else 0
        answers = {one.code: one.options[at if draw.random() < 0.8 else 0][0] for one in form.questions}
        screen(person=person, answers=answers, on=day)
    for number, referral in enumerate(Referral.objects.order_by("pk")):
        if number == 0:
            continue
        settle_consent(referral=referral, is_given=True, by="本人（示意）", on=day)
        if number == 1:
            record_result(referral=referral, is_diagnosed=True, hospital="示意区精神卫生中心", on=on)
