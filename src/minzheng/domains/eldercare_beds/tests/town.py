"""Two districts with three homes, elders to wait for them, and short forms of the acts, each by the right person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_beds import assessments, beds
from minzheng.domains.eldercare_beds.catalogue import scoring
from minzheng.domains.eldercare_beds.models import Assessment, AssessorForm
from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays.beds import NewBed
from minzheng.kernel.stays.models import Bed
from minzheng.kernel.stays.models_waiting import Offer, PoolHome, Waiting
from minzheng.kernel.stays.tests.conftest import make_home, make_manager

PUTUO, XUHUI = "310107014", "310104014"
ON = date(2022, 8, 10)


class Town:
    """Posts, homes and people."""

    def __init__(self) -> None:
        self.assessors = [make_post("care_assessor", "310107") for _ in range(4)]
        self.district = make_post("district_reviewer", "310107")
        self.second = make_post("district_reviewer", "310107")
        self.other = make_post("district_reviewer", "310104")
        self.clerk = make_post("centre_clerk", PUTUO)
        self.near, self.near_beds = self.home("甘泉养老院", PUTUO, 2)
        self.far, self.far_beds = self.home("徐汇养老院", XUHUI, 1, own_first=True)

    def home(self, name: str, place: str, beds: int, *, own_first: bool = False, sex: int | None = None,
             kind: str = "basic") -> tuple[Facility, list[Bed]]:  # fmt: skip
        """A home of the pool with so many beds."""
        home, made = make_home(place, tuple(NewBed("101", str(n + 1), kind, sex) for n in range(beds)))
        with acting_as_service("test"):
            Facility.objects.filter(pk=home.pk).update(name=name)
            PoolHome.objects.create(
                facility=home, division_code=place, own_district_first=own_first, source="test",
                during=DateRange(date(2020, 1, 1), None),
            )  # fmt: skip
        home.name = name
        return home, made

    def manager(self, home: Facility) -> Any:
        return make_manager(home)

    def elder(self, name: str = "程合成", *, sex: int = 2, born: date = date(1938, 3, 1), place: str = PUTUO,
              local: bool = True) -> Person:  # fmt: skip
        with acting_as_service("test"):
            return Person.objects.create(
                name=name, sex=sex, birth_date=born, division_code=place, hukou_division_code=place,
                hukou_is_local=local,
            )  # fmt: skip

    def graded(self, person: Person, grade: int, *, diagnosed: bool = False, on: date = ON) -> Assessment:
        """A grade decided on a day, as a register of earlier assessments holds it."""
        with acting_as_service("test"):
            return Assessment.objects.create(
                person=person, division_code=person.division_code, requested_on=on, state="decided", grade=grade,
                points=40, decided_on=on, valid_until=assessments.last_day(on), has_cognitive_diagnosis=diagnosed,
                rule="same", model=scoring().version,
            )  # fmt: skip

    def waits(self, person: Person, *homes: Facility, on: date = ON, kind: str = "basic", claimed: str = "",
              taken_in: bool = True) -> Waiting:  # fmt: skip
        """Applies online and is confirmed by the job."""
        with acting_as_resident(person.pk):
            made = beds.apply(
                person=person, kind=kind, homes=[home.pk for home in homes], on=on, claimed_class=claimed
            )
        if not taken_in:
            return made
        with acting_as_service("test"):
            return beds.take_in(waiting_id=made.pk, on=on)

    def elder_waiting(self, name: str, grade: int, *homes: Facility, on: date = ON, **told: Any) -> Waiting:
        kind, claimed = told.pop("kind", "basic"), told.pop("claimed", "")
        diagnosed = told.pop("diagnosed", False)
        person = self.elder(name, **told)
        self.graded(person, grade, diagnosed=diagnosed, on=on)
        return self.waits(person, *homes, on=on, kind=kind, claimed=claimed)

    def night(self, on: date = ON) -> dict[str, int]:
        with acting_as_service("test"):
            return beds.nightly(on=on)

    def reply(self, offer: Offer, accepts: bool, *, on: date = ON) -> Offer:
        """The person answers online, and the job carries it out."""
        with acting_as_resident(offer.person_id):
            beds.reply(offer_id=offer.pk, accepts=accepts, on=on)
        with acting_as_service("test"):
            return beds.follow_up(offer_id=offer.pk, on=on)

    def offers(self, **by: Any) -> list[Offer]:
        with acting_as_service("test"):
            return list(Offer.objects.filter(**by).select_related("waiting", "stay").order_by("pk"))

    def fresh(self, one: Any) -> Any:
        with acting_as_service("test"):
            return type(one).objects.get(pk=one.pk)

    def fill(
        self, form: AssessorForm, post: Any, points: int, *, diagnosed: bool = False, on: date = ON
    ) -> AssessorForm:
        """Fills a form so that it comes to about so many points."""
        with acting(post):
            return assessments.fill(
                form=form.pk, answers=answers_of(points), diagnosed=diagnosed, visited_on=on, on=on
            )


def answers_of(points: int) -> dict[str, int]:
    """Answers that come to as many of these points as the items allow, from the first item on."""
    found = {}
    for item in scoring().items:
        found[item.code] = max(option[0] for option in item.options if option[0] <= points)
        points -= found[item.code]
    return found
