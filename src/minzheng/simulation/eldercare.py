"""Elder care of the synthetic city: facilities in every district, rooms and beds, who lies in them, papers and prices.

As many beds for the people as the city has (some 160,000 for 24.76 million), spread over the districts by population. Names,
addresses, prices and dates are made up and say so; every record passes the public actions or their bulk form.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.actions import add_beds, take_over
from minzheng.domains.eldercare_facilities.filings import due_on
from minzheng.domains.eldercare_facilities.models import (
    Consultation,
    Contract,
    Filing,
    FilingState,
    Home,
    HospitalLink,
    Incident,
    Licence,
    MealDay,
    Occupant,
    Price,
)
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.centres.sites import SITES
from minzheng.kernel.facilities.actions import attach_post, register_many
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.organisations.actions import Seat, register_organisation
from minzheng.kernel.organisations.models import Organisation
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import SHANGHAI
from minzheng.kernel.stays.actions import admit_many, go_away
from minzheng.kernel.stays.beds import NewBed
from minzheng.kernel.stays.models import Bed, Stay
from minzheng.simulation.calibration import figure
from minzheng.simulation.identifiers import employer_code

Watcher = Callable[[str, str], None]
SEED = 20220801
SOURCE = "合成数据（示意）"
#: The district and street of the demonstration's manager, and how large their home is at least.
MANAGED, MANAGED_STREET, MANAGED_BEDS = "310107", "310107014", 24
LEAST_BEDS = 6
TAKEN = 0.85
_GIVEN = ("康乐", "福安", "颐和", "松鹤", "长青", "金秋", "夕阳红", "万福", "春晖", "慈安", "乐龄", "银杏")
_OTHERS = {kinds.CENTRE: 2, kinds.MEAL_SITE: 4, kinds.DAY_CARE: 1, kinds.FAMILY_BED: 1}
FUNCTIONS = {
    kinds.HOME: ["长期照护", "康复训练", "短期托养"],
    kinds.CENTRE: ["日间照护", "助餐", "健康管理", "文体活动", "辅具展示租赁"],
    kinds.MEAL_SITE: ["堂食", "送餐上门"],
    kinds.DAY_CARE: ["日间照护", "助浴", "活动"],
    kinds.FAMILY_BED: ["上门照护", "家庭照护床位"],
}
HOURS = {kinds.HOME: "全天；探访 9:00–17:00", kinds.MEAL_SITE: "10:30–13:00，16:30–18:00"}


@dataclass
class Place:
    """One facility to be made."""

    facility: Facility
    kind: str
    opened: date
    beds: int = 0
    made: list[Bed] = field(default_factory=list)


def prepare_eldercare(*, on: date, watch: Watcher = lambda _step, _detail: None) -> int:
    """Elder care as it stands on a day; what is there already stays. Returns how many facilities were added."""
    return stand(on=on, watch=watch)


def stand(
    *,
    on: date,
    watch: Watcher = lambda _step, _detail: None,
    dementia_beds: int | None = None,
    taken: float = TAKEN,
) -> int:
    """Elder care as it stands on a day, with so many beds for dementia care, a sixth of all where None, and so many taken."""
    with acting_as_service("demo"):
        if Home.objects.exists():
            watch("养老服务", "设施、床位与入住此前已就绪")
            return 0
        places = list(_places(on))
        register_many([place.facility for place in places])
        details(places, on)
        homes = [place for place in places if place.kind == kinds.HOME]
        every, before = sum(place.beds for place in homes), 0
        for place in homes:
            _beds(place, None if dementia_beds is None else (dementia_beds, every, before))
            before += place.beds
        residents = _residents(homes, on, taken)
        papers(places, on)
        _hand_over(homes[[h.facility.division_code for h in homes].index(MANAGED_STREET)].facility)
    watch(
        "养老服务",
        f"{len(places)} 处设施，{sum(len(h.made) for h in homes)} 张床位，{residents} 位在住老人（示意）",
    )
    return len(places)


def _places(on: date) -> Iterator[Place]:
    by_district = streets()
    people = Person.objects.count()
    population = {str(code): n for code, n in figure("population.districts").items()}
    every = sum(population.values())
    operators: dict[str, Organisation] = {}
    for district in sorted(by_district):
        draw = Random(f"{SEED} {district}")
        own = by_district[district]
        beds = people * figure("eldercare.beds_per_person") * population.get(district, 0) / every
        homes = max(3 if district == MANAGED else 1, round(beds / 200), min(4, round(beds / 4)))
        each = max(LEAST_BEDS, round(beds / homes))
        for number in range(homes):
            street = MANAGED_STREET if district == MANAGED and number == 0 else own[number * 3 % len(own)][0]
            place = _facility(kinds.HOME, number, street, own, draw, on, operators)
            place.beds = max(each, MANAGED_BEDS) if street == MANAGED_STREET else each
            yield place
        for kind, count in _OTHERS.items():
            for number in range(max(count, homes // 8 * count)):
                yield _facility(kind, number, own[(number * 2 + 1) % len(own)][0], own, draw, on, operators)


@cache
def streets() -> dict[str, list[tuple[str, float, float]]]:
    """(street, longitude, latitude) by district, from the illustrative sites of the service centres."""
    found: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    with SITES.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["kind"] == "main":
                code = row["division_code"]
                found[code[:6]].append((code, float(row["longitude"]), float(row["latitude"])))
    return found


def _facility(
    kind: str,
    number: int,
    street: str,
    own: list[tuple[str, float, float]],
    draw: Random,
    on: date,
    operators: dict[str, Organisation],
) -> Place:
    """A tenth of the homes and a third of the rest opened in the year itself."""
    _code, east, north = next(row for row in own if row[0] == street)
    is_new = draw.random() < (0.1 if kind == kinds.HOME else 0.3) and street != MANAGED_STREET
    # The demonstration's district has a home whose filing waits.
    is_new = is_new or (kind == kinds.HOME and street[:6] == MANAGED and number == 1)
    opened = (
        date(on.year, 1, 4) + timedelta(days=draw.randrange(0, 200))
        if is_new
        else date(draw.randrange(2009, on.year - 1), draw.randrange(1, 13), draw.randrange(1, 28))
    )
    stem_ = stem(number * 5 + int(street[-3:]))
    name = f"{stem_}{kinds.KINDS[kind]}（示意）"
    district = street[:6]
    if kind == kinds.HOME or district not in operators:
        operators[district] = operator(street, draw, f"{stem_} {street}-{number}")
    facility = Facility(
        code=f"{kinds.PREFIXES[kind]}-{district}-{number + 1:04d}", kind=kind, name=name, division_code=street,
        during=DateRange(opened, None), organisation=operators[district], address=f"示意路{draw.randrange(10, 900)}号",
        phone="021-00000000", longitude=round(east + draw.uniform(-0.008, 0.008), 5),
        latitude=round(north + draw.uniform(-0.006, 0.006), 5), source=SOURCE,
    )  # fmt: skip
    return Place(facility, kind, opened)


def stem(number: int) -> str:
    """A made-up name that many facilities share."""
    return _GIVEN[number % len(_GIVEN)]


def operator(street: str, draw: Random, name: str = "") -> Organisation:
    """A made-up organisation that runs facilities, seated in a street."""
    stem_, _, place = name.partition(" ")
    return register_organisation(
        uscc=employer_code(draw), name=f"合成{stem_}养老服务中心 {place or street}", representative="合成负责人",
        seat=Seat(street, "示意"), source=SOURCE, on=date(2008, 1, 1),
    )  # fmt: skip


def details(places: list[Place], on: date) -> None:
    draw = Random(f"{SEED} details")
    rows = []
    for place in places:
        form = draw.choices((kinds.OWN_CLINIC, kinds.CONTRACTED, kinds.NO_MEDICAL), (4, 5, 1))[0]
        if place.kind != kinds.HOME:
            form = kinds.CONTRACTED if draw.random() < 0.3 else kinds.NO_MEDICAL
        rows.append(
            Home(
                facility=place.facility, division_code=place.facility.division_code,
                ownership=draw.choices(("public", "public_built", "private"), (2, 4, 4))[0],
                floor_area_m2=place.beds * draw.randrange(25, 40) or draw.randrange(80, 1500),
                functions=FUNCTIONS[place.kind], hours=HOURS.get(place.kind, "周一至周六 8:30–16:30"),
                takes_dementia=place.kind == kinds.HOME and draw.random() < 0.5, staff_on_duty=place.beds // 4,
                medical_form=form, medical_partner="" if form == kinds.NO_MEDICAL else "示意社区卫生服务中心",
                medical_number="" if form == kinds.NO_MEDICAL else f"示意医字{draw.randrange(10**5):05d}",
                medical_until=None if form == kinds.NO_MEDICAL else on + timedelta(days=draw.randrange(10, 900)),
                meal_type="社区长者食堂" if place.kind == kinds.MEAL_SITE else "",
                meal_capacity=draw.randrange(6, 30) * 10 if place.kind == kinds.MEAL_SITE else None,
            )
        )  # fmt: skip
    take_over(rows)


def _beds(place: Place, share: tuple[int, int, int] | None) -> None:
    """Two beds a room; half are basic ones, a sixth are for dementia care where there are enough.

    Args:
        share: dementia beds of the city, beds of the city, beds of the homes before; spread evenly over all beds.
    """
    document = f"示意民批〔{place.opened.year}〕{place.facility.pk}号"
    beds = []
    for at in range(place.beds):
        is_dementia = at % 6 == 5
        if share is not None:
            wanted, every, before = share
            is_dementia = (before + at + 1) * wanted // every > (before + at) * wanted // every
        kind = kinds.DEMENTIA if is_dementia else kinds.BASIC if at % 2 == 0 else kinds.MARKET
        room = f"{1 + at // 20}{at % 20 // 2 + 1:02d}"
        beds.append(NewBed(room, str(at % 2 + 1), kind, sex=at // 2 % 2 + 1 if at % 10 < 4 else None))
    place.made = add_beds(facility=place.facility, beds=beds, on=place.opened, document=document)


def _residents(homes: list[Place], on: date, taken: float) -> int:
    """Most beds are taken by the old of the district, the others were left lately; two of the managed home are away."""
    draw = Random(f"{SEED} residents")
    waiting: dict[tuple[str, int], list[int]] = defaultdict(list)
    old = (
        Person.objects.filter(
            birth_date__lte=on.replace(year=on.year - 72), death_date=None, merged_into=None, deregistered_on=None,
            hukou_is_local=True, sex__in=(1, 2),
        )
        .order_by("birth_date", "id")
        .values_list("id", "division_code", "sex")
    )  # fmt: skip
    for person, division, sex in old[:400_000]:
        waiting[division[:6], sex].append(person)
    rows: list[tuple[int, int, date, date | None]] = []

    def somebody(place: Place, bed: Bed) -> int | None:
        district = place.facility.division_code[:6]
        wanted = bed.sex or draw.choice((1, 2, 2))
        queue = waiting[district, wanted] or ([] if bed.sex else waiting[district, 3 - wanted])
        return queue.pop(draw.randrange(min(40, len(queue)))) if queue else None

    for place in homes:
        for bed in place.made:
            is_empty = draw.random() > taken
            first = max(place.opened + timedelta(days=5), on - timedelta(days=draw.randrange(150, 1500)))
            left = on - timedelta(days=draw.randrange(4, 120)) if is_empty else None
            if (left or on) > first and (found := somebody(place, bed)) is not None:
                rows.append((found, bed.pk, first, left))
    admit_many(rows)
    stays = list(Stay.objects.filter(state="present").select_related("bed", "facility").order_by("id"))
    rights(stays)
    managed = [stay for stay in stays if stay.division_code == MANAGED_STREET][:2]
    for stay, because in zip(managed, ("hospital", "home"), strict=False):
        go_away(stay=stay, on=max(on - timedelta(days=3), stay.during.lower), because=because)
    return len(stays)


def rights(stays: list[Stay], *, purpose: str = "rights") -> None:
    """Each resident's right to the bed and their contract; one of twelve basic beds is held without a right to it."""
    draw = Random(f"{SEED} {purpose}")
    occupants, contracts, shown = [], [], False
    for stay in stays:
        grade = draw.choices(range(7), (1, 1, 2, 4, 5, 4, 2))[0]
        right = "dementia" if stay.bed.kind == kinds.DEMENTIA else "grade" if grade >= 3 else "preferential"
        is_example = stay.division_code == MANAGED_STREET and stay.bed.kind == kinds.BASIC
        if stay.bed.kind != kinds.DEMENTIA and (draw.random() < 1 / 12 or (is_example and not shown)):
            shown = shown or is_example
            right, grade = kinds.NOT_ENTITLED, min(grade, 2)
        common = {
            "facility": stay.facility,
            "division_code": stay.division_code,
            "person_id": stay.person_id,
        }
        occupants.append(
            Occupant(
                stay=stay,
                entitlement=right,
                grade=grade,
                paper="示意评估报告",
                recorded_on=stay.during.lower,
                **common,
            )
        )
        contracts.append(
            Contract(
                number=f"示意{stay.pk:07d}", grade=grade, monthly_fen=(2800 + 600 * grade) * 100, during=stay.during,
                signed_on=stay.during.lower, **common,
            )
        )  # fmt: skip
    take_over(occupants)
    take_over(contracts)


def papers(places: list[Place], on: date) -> None:
    """Filings, licences, prices, links to hospitals, meals of the last two weeks, a few incidents and consultations."""
    draw = Random(f"{SEED} papers")
    filings, licences, prices, links, meals, incidents = [], [], [], [], [], []
    for place in places:
        common = {"facility": place.facility, "division_code": place.facility.division_code}
        until = on + timedelta(days=draw.randrange(5, 1200))
        if place.facility.division_code == MANAGED_STREET and place.kind == kinds.HOME:
            until = on + timedelta(days=31)
        if place.kind != kinds.FAMILY_BED:
            licences.append(
                Licence(kind="food", number=f"JY3310{draw.randrange(10**9):010d}", issuer="示意市场监督管理局",
                        during=DateRange(place.opened, until), **common)
            )  # fmt: skip
        prices += [
            Price(item=item, unit=unit, amount_fen=fen, during=DateRange(max(place.opened, date(2021, 1, 1)), None),
                  published_on=max(place.opened, date(2021, 1, 1)), **common)
            for item, unit, fen in _prices(place.kind, draw)
        ]  # fmt: skip
        if place.kind == kinds.MEAL_SITE:
            meals += _meals(place, common, draw, on)
        if place.kind != kinds.HOME:
            continue
        licences.append(
            Licence(kind="fire", number=f"示意消验{draw.randrange(10**5):05d}", issuer="示意消防救援支队",
                    during=DateRange(place.opened, None), **common)
        )  # fmt: skip
        filed = place.opened + timedelta(days=draw.choice((3, 6, 9, 12, 25)))
        if filed < on:
            waits = place.opened.year == on.year
            filings.append(
                Filing(opened_on=place.opened, due_on=due_on(place.opened), filed_on=filed, papers=["设立登记证书", "消防合格意见", "床位清单"],
                       state=FilingState.FILED if waits else FilingState.APPROVED,
                       decided_on=None if waits else min(filed + timedelta(days=4), on), decided_by="" if waits else "示意",
                       words="" if waits else f"示意养备{place.facility.pk:05d}", **common)
            )  # fmt: skip
        if draw.random() < 0.5:
            links.append(
                HospitalLink(hospital="示意互联网医院", number=f"示意{draw.randrange(10**5):05d}",
                             during=DateRange(max(place.opened, date(2021, 6, 1)), date(on.year + 1, 12, 31)), **common)
            )  # fmt: skip
        if (draw.random() < 0.3 or place.beds == MANAGED_BEDS) and place.opened < on - timedelta(days=60):
            at = datetime.combine(on - timedelta(days=draw.randrange(2, 50)), time(14, 20), SHANGHAI)
            incidents.append(
                Incident(kind="fall", happened_at=at, reported_at=at + timedelta(hours=draw.choice((2, 8, 30))),
                         due_at=at + timedelta(hours=24), words="走廊跌倒，已送医检查（示意）", **common)
            )  # fmt: skip
    for rows in (filings, licences, prices, links, meals, incidents):
        take_over(rows)
    _consultations(on)


def _prices(kind: str, draw: Random) -> list[tuple[str, str, int]]:
    if kind == kinds.HOME:
        bed = draw.randrange(16, 45) * 10_000
        return [
            ("床位费（双人间）", "month", bed),
            ("护理费（照护三级）", "month", bed // 2),
            ("护理费（照护五级）", "month", bed * 9 // 10),
            ("膳食费", "month", 90_000),
        ]
    if kind == kinds.MEAL_SITE:
        return [("午餐", "meal", draw.randrange(10, 16) * 100), ("晚餐", "meal", 1_000)]
    return [("日间照护", "day", draw.randrange(4, 10) * 1_000)] if kind == kinds.DAY_CARE else []


def _meals(place: Place, common: dict[str, object], draw: Random, on: date) -> list[MealDay]:
    days = [on - timedelta(days=back) for back in range(14, 0, -1)]
    rows = []
    for day in days:
        if day > place.opened:
            meals = draw.randrange(40, 180)
            rows.append(
                MealDay(day=day, meals=meals, price_fen=meals * 1_200, subsidy_fen=meals * 300, **common)
            )
    return rows


def _consultations(on: date) -> None:
    """A resident of each linked home was seen last week."""
    rows = []
    for link in HospitalLink.objects.select_related("facility").order_by("id")[:500]:
        stay = Stay.objects.filter(facility=link.facility_id, state="present").order_by("id").first()
        if stay is not None:
            at = datetime.combine(on - timedelta(days=6), time(10), SHANGHAI)
            rows.append(
                Consultation(link=link, facility=link.facility, division_code=link.division_code, person_id=stay.person_id,
                             booked_for=at, held_at=at, doctor="示意医师", advice="血压平稳，继续原方案（示意）",
                             prescription=f"示意RX{link.pk:05d}")
            )  # fmt: skip
    take_over(rows)


def _hand_over(home: Facility) -> None:
    """The demonstration's home manager works for this home alone."""
    post = Post.objects.filter(official__user__username="yuanzhang", role="facility_manager").first()
    if post is not None:
        attach_post(post=post, facility=home)
