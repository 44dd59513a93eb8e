"""Elder care over the year (养老服务): what stood before it, what is opened and rebuilt each month, who moves in and leaves.

Every day, place and person is drawn; openings, beds, units, stays, offers and filings are the public actions of their blocks.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max

from minzheng.domains.dementia_care.catalogue import unit_standard
from minzheng.domains.dementia_care.communities import join_street, open_year
from minzheng.domains.dementia_care.models import Community
from minzheng.domains.dementia_care.units import accept_unit, report_staff
from minzheng.domains.eldercare_beds import beds as allocation
from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.actions import add_beds, describe
from minzheng.domains.eldercare_facilities.filings import approve, file
from minzheng.domains.eldercare_facilities.models import Filing, FilingState
from minzheng.domains.eldercare_facilities.residents import leave
from minzheng.kernel.access import acting
from minzheng.kernel.access.models import Post
from minzheng.kernel.facilities.actions import register_facility
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month, next_workday
from minzheng.kernel.places.models import Division
from minzheng.kernel.stays import offers
from minzheng.kernel.stays.actions import admit_many, admit_planned, follow_deaths
from minzheng.kernel.stays.beds import NewBed
from minzheng.kernel.stays.models import Bed, Stay
from minzheng.kernel.stays.models_waiting import Offer, PoolHome
from minzheng.simulation import eldercare as standing
from minzheng.simulation.beds import enqueue, open_pool
from minzheng.simulation.dementia import PAPER, PER_WORKER, stand_units
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import in_month, rate

LOT, UNIT = 40, 20
"""The most beds that are put into use by one paper, and that one unit has."""
STREETS_JOIN = date(2022, 6, 20)


def stand(life: Life) -> dict[str, Any]:
    """Facilities, beds, residents, units and streets as they stood when the year began; what is there already stays."""
    before = life.month.first_day - timedelta(days=1)
    wanted = round(life.share(rate("eldercare.dementia_beds")))
    made = standing.stand(on=before, dementia_beds=wanted, taken=rate("eldercare.taken"), watch=life.watch)
    if made:
        with acting(_city()):
            stand_units(before, homes=1_000, rebuilt=0)
        open_pool(life.month.first_day)
    return {"设施": made} if made else {}


def elder_care(life: Life) -> dict[str, Any]:
    """A month of elder care, in the order in which beds become free, are made and are taken."""
    draw = Random(f"{life.seed} {life.month} elder care")
    told = {"去世腾退": len(follow_deaths()), "离院": _leave(life, draw)}
    told["设施"] = _open(life, draw)
    told["床位"] = _more_beds(life, draw)
    told["改建"] = _rebuild(life, draw)
    told["备案"] = _file(life)
    told["配位"] = _share_out(life, draw)
    told["入住"] = _move_in(life, draw)
    told["街镇"] = _streets(life)
    return {name: count for name, count in told.items() if count}


def _city() -> Post:
    """The city's policy office, which decides filings, units and streets; the platform itself may not."""
    return Post.objects.filter(role="city_policy_officer").order_by("pk")[0]


def _due(life: Life, what: str) -> int:
    """How much of the year's number this month brings."""
    return in_month(life.share(rate("eldercare.added")[what]), rate("eldercare.months"), life.month)


def _workday(life: Life, draw: Random, *, until: int = 28) -> date:
    """A working day of the month, no later than its last."""
    day = next_workday(life.month.first_day + timedelta(days=draw.randrange(until)))
    return day if Month.of(day) == life.month else life.month.last_day


def _leave(life: Life, draw: Random) -> int:
    """Some go home or elsewhere; while the city is closed nobody moves."""
    if _is_still(life):
        return 0
    stays = Stay.objects.filter(
        state="present", during__startswith__lt=life.month.first_day, facility__kind=kinds.HOME
    )
    count = 0
    for stay in stays.order_by("person_id").iterator(5_000):
        if draw.random() < rate("eldercare.leaves_monthly"):
            leave(stay=stay, on=_workday(life, draw), because="left")
            count += 1
    return count


def _is_still(life: Life) -> bool:
    """Whether nothing opens and nobody moves in the month, the city being closed."""
    return not rate("eldercare.months")[life.month.number - 1]


def _streets_by_code() -> list[tuple[str, float, float]]:
    return [row for rows in standing.streets().values() for row in rows]


def _open(life: Life, draw: Random) -> int:
    """Community centres and meal sites of the month, each on a day and in a street of its own."""
    count = 0
    for kind in (kinds.CENTRE, kinds.MEAL_SITE):
        for number in range(_due(life, kind)):
            street, east, north = draw.choice(_streets_by_code())
            on = _workday(life, draw)
            made = register_facility(
                code=f"{kinds.PREFIXES[kind]}-{life.month.year}{life.month.number:02d}-{number + 1:04d}", kind=kind,
                name=f"{standing.stem(draw.randrange(100))}{kinds.KINDS[kind]}（示意）", during=DateRange(on, None),
                division_code=street, address=f"示意路{draw.randrange(10, 900)}号", phone="021-00000000",
                longitude=round(east + draw.uniform(-0.008, 0.008), 5), source=standing.SOURCE,
                latitude=round(north + draw.uniform(-0.006, 0.006), 5),
                organisation=_operator(street, draw),
            )  # fmt: skip
            meals = {"meal_type": "社区长者食堂", "meal_capacity": draw.randrange(6, 30) * 10}
            describe(
                facility=made, ownership="public_built", floor_area_m2=draw.randrange(80, 1500),
                functions=standing.FUNCTIONS[kind], hours=standing.HOURS.get(kind, "周一至周六 8:30–16:30"),
                **(meals if kind == kinds.MEAL_SITE else {}),
            )  # fmt: skip
            count += 1
    return count


def _operator(street: str, draw: Random) -> Any:
    known = Facility.objects.filter(division_code__startswith=street[:6]).exclude(organisation=None)
    found = known.order_by("pk").first()
    return found.organisation if found else standing.operator(street, draw)


def _more_beds(life: Life, draw: Random) -> int:
    """The month's new beds, in lots: half of the lots open a home of their own where there are enough."""
    left = _due(life, "beds")
    made = number = 0
    while left > 0:
        size, on = min(left, LOT), _workday(life, draw)
        document = f"示意民批〔{life.month.year}〕{life.month.number:02d}-{number + 1}号"
        home = _new_home(life, draw, number, on) if size >= LOT // 2 and draw.random() < 0.5 else None
        home = home or draw.choice(list(_homes(on)))
        first = Bed.objects.filter(facility=home).count()
        lot = [
            NewBed(f"N{life.month.number:02d}{number % 100:02d}{at // 2 + 1:02d}", str(at % 2 + 1), kinds.BASIC if at % 2 == 0 else kinds.MARKET)
            for at in range(size)
        ]  # fmt: skip
        made += len(add_beds(facility=home, beds=lot, on=on, document=document))
        describe(facility=home, staff_on_duty=max(1, (first + size) // 4))
        left, number = left - size, number + 1
    if made:
        open_pool(life.month.last_day)
    return made


def _homes(on: date) -> Any:
    return Facility.objects.filter(kind=kinds.HOME, during__contains=on).order_by("code")


def _new_home(life: Life, draw: Random, number: int, on: date) -> Facility:
    street, east, north = draw.choice(_streets_by_code())
    made = register_facility(
        code=f"EH-{life.month.year}{life.month.number:02d}-{number + 1:04d}", kind=kinds.HOME, division_code=street,
        name=f"{standing.stem(draw.randrange(100))}{kinds.KINDS[kinds.HOME]}（示意）", during=DateRange(on, None),
        address=f"示意路{draw.randrange(10, 900)}号", phone="021-00000000", source=standing.SOURCE,
        longitude=round(east, 5), latitude=round(north, 5), organisation=_operator(street, draw),
    )  # fmt: skip
    describe(
        facility=made, ownership="private", floor_area_m2=LOT * 30, functions=standing.FUNCTIONS[kinds.HOME],
        hours=standing.HOURS[kinds.HOME], medical_form=kinds.NO_MEDICAL,
    )  # fmt: skip
    return made


def _rebuild(life: Life, draw: Random) -> int:
    """The month's beds rebuilt for dementia care: empty market beds of homes that have the most of them, unit by unit."""
    left, number = _due(life, "dementia_beds"), 0
    if not left:
        return 0
    on = _workday(life, draw)
    empty: dict[int, list[int]] = defaultdict(list)
    for home, bed in _empty_beds(on, kinds.MARKET).values_list("facility_id", "pk"):
        empty[home].append(bed)
    met = [one.code for one in unit_standard()]
    made = 0
    for home in sorted(empty, key=lambda pk: (-len(empty[pk]), pk)):
        if left == 0:
            break
        chosen = empty[home][: min(left, UNIT)]
        with acting(_city()):
            unit = accept_unit(
                facility=Facility.objects.get(pk=home), name=f"忆馨{life.month.number}月照护单元（示意）", beds=chosen,
                met=met, on=on, document=f"示意验〔{life.month.year}〕{life.month.number:02d}-{number + 1}号",
            )  # fmt: skip
        report_staff(unit=unit, workers=-(-len(chosen) // PER_WORKER), on=on)
        made, left, number = made + len(chosen), left - len(chosen), number + 1
    return made


def _empty_beds(on: date, *of_kind: str) -> Any:
    """Beds in use before a day that nobody has or will have from then on."""
    taken = Stay.objects.exclude(state="cancelled").filter(during__overlap=DateRange(on, None)).values("bed")
    found = Bed.objects.filter(
        facility__kind=kinds.HOME, kind__in=of_kind, during__contains=on, during__startswith__lt=on,
        during__endswith__isnull=True, dementia_bed=None,
    )  # fmt: skip
    return found.exclude(pk__in=taken).exclude(offers__state="open").order_by("facility_id", "pk")


def _file(life: Life) -> int:
    """Homes opened lately hand their filing in, and what waited is decided."""
    filed = Filing.objects.filter(facility__kind=kinds.HOME)
    homes = _homes(life.month.last_day).filter(during__startswith__gte=date(life.month.year, 1, 1))
    papers = ["设立登记证书", "消防合格意见", "床位清单"]
    count = 0
    for home in homes.exclude(pk__in=filed.values("facility")):
        on = next_workday(home.during.lower + timedelta(days=6 + home.pk % 5))
        if Month.of(on) == life.month or on < life.month.first_day:
            file(facility=home, opened_on=home.during.lower, papers=papers, on=max(on, life.month.first_day))
            count += 1
    for waits in filed.filter(state=FilingState.FILED).order_by("pk"):
        on = next_workday(waits.filed_on + timedelta(days=4))
        if on <= life.month.last_day:
            with acting(_city()):
                approve(
                    filing=waits, number=f"示意养备{waits.facility_id:05d}", on=max(on, life.month.first_day)
                )
    return count


def _share_out(life: Life, draw: Random) -> int:
    """New people wait, free beds of the pool are offered, answers come, and who accepted moves in."""
    if not PoolHome.objects.exists() or _is_still(life):
        return 0
    on = next_workday(life.month.first_day + timedelta(days=7))
    enqueue(on, seed=f"{life.seed} {life.month} queue", demand=30, days=60)
    for late in offers.expire_offers(on=on):
        allocation.follow_up(offer_id=late, on=on)
    made = offers.offer_free_beds(on=on)
    for offer in sorted(made, key=lambda one: one.pk):
        chance = draw.random()
        if chance < 0.9:
            offers.reply(offer=offer, accepts=chance < 0.75, on=on + timedelta(days=draw.randrange(1, 3)))
            allocation.follow_up(offer_id=offer.pk, on=on + timedelta(days=3))
    for stay in Stay.objects.filter(state="planned", during__startswith__lte=life.month.last_day).order_by(
        "pk"
    ):
        if stay.person.death_date is None:
            admit_planned(
                stay=stay, on=min(max(stay.during.lower, on + timedelta(days=5)), life.month.last_day)
            )
    return len(made)


def _move_in(life: Life, draw: Random) -> int:
    """Beds that are not shared out are taken by the old of the district."""
    if _is_still(life):
        return 0
    on = life.month.first_day + timedelta(days=14)
    beds = [
        bed for bed in _empty_beds(on, kinds.MARKET) if draw.random() < rate("eldercare.moves_in_monthly")
    ]
    old = _may_move_in(on)
    rows = []
    taken: set[int] = set()
    for bed in beds:
        near = old.filter(division_code__startswith=bed.division_code[:6]).exclude(pk__in=taken)
        near = near.filter(sex=bed.sex) if bed.sex else near
        ids = list(near.order_by("birth_date", "pk").values_list("pk", flat=True)[:40])
        if ids:
            person = draw.choice(ids)
            taken.add(person)
            rows.append((person, bed.pk, on + timedelta(days=draw.randrange(0, 10))))
    if rows:
        last = Stay.objects.aggregate(last=Max("pk"))["last"] or 0
        admit_many(rows)
        fresh = Stay.objects.filter(pk__gt=last).select_related("bed", "facility").order_by("pk")
        standing.rights(list(fresh), purpose=f"rights {life.seed} {life.month}")
    return len(rows)


def _may_move_in(on: date) -> Any:
    """The old of the city who may take a bed: in no home from a day on, not even until later in the month, and offered no other."""
    offered = Offer.objects.filter(state__in=("open", "accepted")).values("person_id")
    housed = (
        Stay.objects.exclude(state="cancelled").filter(during__overlap=DateRange(on, None)).values("person")
    )
    return Person.objects.filter(
        birth_date__lte=on.replace(year=on.year - 72), death_date=None, merged_into=None, deregistered_on=None,
        hukou_is_local=True,
    ).exclude(pk__in=housed).exclude(pk__in=offered)  # fmt: skip


def _streets(life: Life) -> int:
    """Streets and towns that build dementia-friendly communities; they stand in full, whatever the city's scale."""
    told = rate("eldercare.streets_building")
    wanted, on, batch = told["first"], date(life.month.year - 1, 4, 1), 3
    if Month.of(STREETS_JOIN) <= life.month:
        wanted, on, batch = told["first"] + told["in_2022"], STREETS_JOIN, 4
    codes = list(
        Division.objects.filter(code__regex=r"^[0-9]{9}$", kind__in=("street", "town", "township"), during__contains=on)
        .order_by("code").values_list("code", flat=True)
    )  # fmt: skip
    # Every district's streets in turn, so that no district comes first as a whole.
    turn = sorted(codes, key=lambda code: (codes.index(code) * 37 % len(codes), code))
    known = set(Community.objects.values_list("division_code", flat=True))
    count = 0
    for number, code in enumerate(turn[:wanted]):
        if code in known:
            continue
        first = batch == 3
        of = 1 + number % 3 if first else batch
        since = date(life.month.year - 4 + of, 4, 1) if first else on
        with acting(_city()):
            made = join_street(division_code=code, batch=of, on=since, document=PAPER)
            open_year(community=made, year=life.month.year)
        count += 1
    return count
