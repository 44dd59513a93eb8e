"""The synthetic queue for beds: grades, people who wait, offers made, answers, beds at home with their visits.

Classes, grades and homes are drawn; what follows (order, offers, who is passed over) comes out of the same actions as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_beds import assessments, beds, family
from minzheng.domains.eldercare_beds.catalogue import classes, scoring
from minzheng.domains.eldercare_beds.models import Assessment, AssessorForm
from minzheng.domains.eldercare_beds.queries import homes_of_the_pool
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import SHANGHAI
from minzheng.kernel.stays import offers
from minzheng.kernel.stays.models import Bed, Stay
from minzheng.kernel.stays.models_waiting import PoolHome, Waiting, WaitingState
from minzheng.kernel.stays.waiting import take_over_queue

Watcher = Callable[[str, str], None]
SEED = 20220802
SOURCE = "合成数据（示意）"
DISTRICT = "310107"
#: Of the free beds of a district how many wait for each, in hundredths; of the managed district some beds stay free.
DEMAND = 160
_CLASSES = ("extreme_poverty", "preferential", "special_family", "cognitive", "low_income", "general")


def prepare_beds(*, on: date, watch: Watcher = lambda _step, _detail: None) -> int:
    """Brings the queue to life for a day; what is there already stays. Returns how many people wait."""
    with acting_as_service("demo"):
        if PoolHome.objects.exists():
            watch("床位轮候", "此前已就绪")
            return 0
        open_pool(on)
        waits = enqueue(on)
        _offers(on)
    asked = _assessments_under_way(on)
    kept = _at_home(on)
    watch("床位轮候", f"{waits} 人轮候，{asked} 项评估进行中，{kept} 张家庭照护床位（示意）")
    return waits


def open_pool(on: date) -> int:
    """Every home with beds that the city shares out takes part, from the first day of the year on; those that do already stay."""
    shared = Bed.objects.exclude(kind="market").values("facility")
    known = PoolHome.objects.values("facility")
    homes = Facility.objects.filter(pk__in=shared, during__contains=on).exclude(pk__in=known).order_by("pk")
    made = PoolHome.objects.bulk_create(
        [
            PoolHome(
                facility=home, division_code=home.division_code, own_district_first=at % 3 == 0, source=SOURCE,
                during=DateRange(max(home.during.lower, date(2022, 1, 1)), None),
            )
            for at, home in enumerate(homes)
        ]
    )  # fmt: skip
    return len(made)


def _elders(on: date) -> dict[str, list[Person]]:
    """People of sixty and older who lie in no bed, by district."""
    found = Person.objects.filter(
        birth_date__lte=on.replace(year=on.year - 60), death_date=None, merged_into=None, deregistered_on=None,
        hukou_is_local=True, sex__in=(1, 2),
    ).exclude(pk__in=Stay.objects.values("person")).exclude(pk__in=Waiting.objects.values("person"))  # fmt: skip
    elders: dict[str, list[Person]] = defaultdict(list)
    for person in found.order_by("birth_date", "pk")[:200_000]:
        elders[person.division_code[:6]].append(person)
    return elders


def enqueue(on: date, *, seed: str = str(SEED), demand: int = DEMAND, days: int = 540) -> int:
    """In each district so many people for a hundred free beds, with a grade and two to four homes, since up to so many days."""
    elders, homes = _elders(on), defaultdict(list)
    for home in homes_of_the_pool(on=on, kind="basic"):
        homes[home.division_code[:6]].append(home)
    every = [home.facility_id for group in homes.values() for home in group]
    graded, rows = [], []
    for district, inside in sorted(homes.items()):
        draw = Random(f"{seed} {district}")
        count = sum(home.free for home in inside) * demand // 100 + 3
        for person in draw.sample(elders[district], min(count, len(elders[district]))):
            code = draw.choices(_CLASSES, (1, 2, 1, 4, 5, 12))[0]
            grade = draw.choices(
                (2, 3, 4, 5, 6), (0 if code in ("general", "low_income") else 3, 6, 6, 4, 2)
            )[0]
            since = on - timedelta(days=draw.randrange(5, days))
            graded.append(_grade(person, grade, since - timedelta(days=5), code == "cognitive"))
            own = [home.facility_id for home in inside]
            chosen = draw.sample(own, min(len(own), draw.randrange(1, 4)))
            other = draw.choice(every)
            if other not in chosen:
                chosen.append(other)
            rows.append(
                (
                    Waiting(
                        person=person, division_code=person.division_code, sex=person.sex, kind="basic", class_code=code,
                        rank=classes()[code].rank, grade=grade, since=since, submitted_on=since, channel="counter",
                        state=WaitingState.WAITING,
                    ),
                    chosen,
                )
            )  # fmt: skip
    assessments.take_over(graded)
    return take_over_queue(rows)


def _grade(person: Person, grade: int, on: date, diagnosed: bool) -> Assessment:
    starts = {value: points for points, value in scoring().thresholds}
    return Assessment(
        person=person, division_code=person.division_code, requested_on=on - timedelta(days=20), state="decided",
        grade=grade, points=starts[grade] + 2, decided_on=on, valid_until=assessments.last_day(on), rule="same",
        has_cognitive_diagnosis=diagnosed, model=scoring().version,
    )  # fmt: skip


def _offers(on: date) -> None:
    """A week ago the beds of most homes were offered; two of three have answered since. One home's beds are free still."""
    kept_free = (
        Facility.objects.filter(kind="eldercare_home", division_code__startswith=DISTRICT)
        .order_by("pk")
        .first()
    )
    homes = PoolHome.objects.exclude(facility=kept_free).values_list("facility_id", flat=True)
    made = offers.offer_free_beds(on=on - timedelta(days=5), homes=list(homes))
    draw = Random(f"{SEED} answers")
    for offer in made:
        chance = draw.random()
        # The demonstration's own district keeps an open offer to be answered on the page.
        if offer.person_division_code.startswith(DISTRICT) and offer is next(
            one for one in made if one.person_division_code.startswith(DISTRICT)
        ):
            continue
        if chance < 0.6:
            offers.reply(offer=offer, accepts=chance < 0.5, on=on - timedelta(days=draw.randrange(1, 4)))
            beds.follow_up(offer_id=offer.pk, on=on - timedelta(days=1))


def _assessments_under_way(on: date) -> int:
    """In the demonstration's district: two just asked for, two given to both assessors, one of them half filled."""
    with acting_as_service("demo"):
        waits = Assessment.objects.values("person")
        people = [one for one in _elders(on)[DISTRICT] if one.division_code > DISTRICT]
        taken = set(waits.values_list("person_id", flat=True))
        people = [one for one in people if one.pk not in taken][5:9]
        asked = [assessments.request_assessment(person=one, on=on - timedelta(days=6)) for one in people]
        posts = list(
            Post.objects.filter(role="care_assessor", division_code=DISTRICT).order_by(
                "official__user__username"
            )
        )
        if len(posts) < 2:
            return len(asked)
        for one in asked[:2]:
            assessments.assign(
                assessment=one, assessors=[post.official_id for post in posts[:2]], on=on - timedelta(days=4)
            )
        forms = list(AssessorForm.objects.filter(assessment__in=asked[:1], assessor=posts[0].official_id))
    with acting(posts[0]):
        draw = Random(f"{SEED} form")
        for form in forms:
            answers = {item.code: draw.choice(item.options)[0] for item in scoring().items}
            assessments.fill(
                form=form, answers=answers, diagnosed=False, visited_on=on - timedelta(days=2), on=on
            )
    return len(asked)


def _at_home(on: date) -> int:
    """Beds at home of the demonstration's district, with the visits of the month up to the day."""
    with acting_as_service("demo"):
        home = Facility.objects.filter(
            kind__in=("family_bed", "eldercare_home"), division_code__startswith=DISTRICT
        )
        facility = home.order_by("kind", "pk").first()
        people = Person.objects.filter(
            pk__in=Waiting.objects.filter(division_code__startswith=DISTRICT, state="waiting").values(
                "person"
            )
        ).order_by("pk")[:5]
        if facility is None:
            return 0
        draw = Random(f"{SEED} visits")
        first = on.replace(day=1)
        made = [
            family.set_up(
                person=person, facility=facility, contract_number=f"示意JC{at + 1:04d}", visits_a_month=12,
                tasks=["hygiene", "turning", "comfort"], on=first - timedelta(days=40 * (at + 1)),
            )
            for at, person in enumerate(people)
            if _may_have(person, on=first - timedelta(days=40 * (at + 1)))
        ]  # fmt: skip
        for bed in made:
            for day in range(1, on.day + 1, 3):
                if draw.random() < 0.85:
                    at = datetime.combine(first.replace(day=day), time(9, 30), SHANGHAI)
                    family.sign_visit(
                        bed=bed,
                        began_at=at,
                        minutes=60,
                        tasks=["hygiene"],
                        worker="示意护理员",
                        signed_by="示意家属",
                        on=on,
                    )
    return len(made)


def _may_have(person: Person, *, on: date) -> bool:
    held = assessments.grade_in_force(person.pk, on=on)
    return held is not None and (held.grade or 0) >= 2
