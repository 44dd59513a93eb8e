"""The demonstration's registry offices: licences and papers, old records of couples, some acts and applications of 2022.

Couples who share a household were married before the records begin; their old papers are entered by the set. The year's first
months are written in bulk and the last days at the counter, through the acts that registrars use. Offices, licences and dates are
illustrative, and the entries written in bulk say so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.marriage_registration import actions
from minzheng.domains.marriage_registration.jurisdiction import CITY
from minzheng.domains.marriage_registration.models import (
    OFFICE,
    DivorceApplication,
    Facility,
    Kind,
    Registration,
)
from minzheng.domains.marriage_registration.parties import Party, party_of
from minzheng.domains.marriage_registration.requirements import everything
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.actions import create_official
from minzheng.kernel.access.models import Official, Post
from minzheng.kernel.facilities.actions import register_facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.staging import fetch, read_frame
from minzheng.kernel.places.queries import children

Watcher = Callable[[str, str], None]
SERVICE = "demo"
REGISTRARS = {"310107": ("hunyin", "hunyinzhang"), "310104": ("hunyinxu",), CITY: ("shewai",)}
AT_COUNTER = "310107"
PAPERS = 2_000
SINCE = date(2003, 10, 1)
AGREED = {"children": "无子女", "property": "各自名下财产归各自所有", "debts": "无共同债务"}
_SINGLES = """
    WITH married AS (
      SELECT m.person_id FROM people_membership m JOIN people_membership o ON o.household_id = m.household_id
        AND o.role = 2 AND upper_inf(o.during) WHERE m.role IN (1, 2) AND upper_inf(m.during)
      UNION SELECT person_id FROM marriage_registration_maritaltie WHERE person_id IS NOT NULL)
    SELECT p.id, p.sex, left(p.hukou_division_code, 6) FROM people_person p LEFT JOIN married m ON m.person_id = p.id
    WHERE p.sex IN (1, 2) AND p.death_date IS NULL AND p.merged_into_id IS NULL AND p.hukou_is_local
      AND p.birth_date BETWEEN %s AND %s AND m.person_id IS NULL
    ORDER BY p.id
"""
# Husband and wife of each household, joined by equality alone: a service joins by hashing.
_COUPLES = """
    WITH spouse AS (
      SELECT m.household_id, p.id, p.name, n.value, p.birth_date, coalesce(left(p.hukou_division_code, 6), '') AS hukou, p.sex
      FROM people_membership m JOIN people_person p ON p.id = m.person_id
        LEFT JOIN people_identifier n ON n.person_id = p.id AND n.kind = 'citizen' AND n.is_primary
      WHERE m.role IN (1, 2) AND upper_inf(m.during) AND p.birth_date IS NOT NULL)
    SELECT man.id, man.name, man.value, man.birth_date, man.hukou, woman.id, woman.name, woman.value, woman.birth_date,
      woman.hukou, left(h.division_code, 6)
    FROM spouse man JOIN spouse woman ON woman.household_id = man.household_id
      JOIN people_household h ON h.id = man.household_id
    WHERE man.sex = 1 AND woman.sex = 2 ORDER BY h.id
"""
_COUPLE: dict[str, type[pl.DataType]] = {
    f"{side}_{name}": kind
    for side in ("man", "woman")
    for name, kind in (
        ("person_id", pl.Int64), ("name", pl.String), ("identifier", pl.String), ("birth_date", pl.Date), ("hukou", pl.String),
    )
}  # fmt: skip


def prepare_marriages(*, on: date, watch: Watcher = lambda step, detail: None) -> int:
    """Opens the offices, enters old records and registers acts of the year up to a day; a repeat adds nothing.

    Returns how many entries the register holds.
    """
    with acting_as_service(SERVICE):
        offices = open_offices()
        if not Registration.objects.exists():
            enter_old_records(offices, before=on.replace(month=1, day=1))
            _live_the_year(offices, until=on)
        served = DivorceApplication.objects.filter(
            office=offices[AT_COUNTER], received_on__lte=on, state="pending"
        )
        is_served = served.exists()
    if not is_served:
        _serve_at_counter(offices[AT_COUNTER], on=on)
    with acting_as_service(SERVICE):
        actions.lapse_divorces(on=on)
        actions.end_marriages_of_the_dead(on=on)
        while actions.tell_entries():
            pass
        held = Registration.objects.count()
    watch("婚姻登记", f"{len(offices)} 个登记处，{held:,} 条登记和历史档案")
    return held


def open_offices(papers: int = PAPERS) -> dict[str, Facility]:
    """The office of each district and the city's own, each with papers and a licensed registrar; those that are there stay.

    Args:
        papers: how many certificates of each kind an office receives when it opens.
    """
    places = [(one.code, one.name) for one in children(CITY, date(2022, 1, 1))]
    offices = {}
    for turn, (code, name) in enumerate([*places, (CITY, "上海市")], 1):
        known = Facility.objects.filter(kind=OFFICE, division_code=code).order_by("code").first()
        if known is not None and known.registrar_licences.exists():
            offices[code] = known
            continue
        office = known or register_facility(
            code=f"MO-{code}",
            kind=OFFICE,
            name="上海市婚姻登记处（涉外）" if code == CITY else f"{name}婚姻登记处",
            division_code=code,
            during=DateRange(SINCE, None),
            source="示例：每区一处，市级一处办理涉外登记",
            provenance="illustrative",
        )
        for paper in ("marriage", "divorce"):
            first = turn * 1_000_000 + 1  # Serials of different offices never meet.
            actions.receive_papers(
                office=office, paper=paper, first=first, last=first + papers - 1, on=date(2022, 1, 4)
            )
        for number, official in enumerate(_officials(code, name), 1):
            actions.grant_licence(
                official=official,
                office=office,
                number=f"HYD{code}{number:03d}",
                start=date(2021, 1, 1),
                end=date(2024, 1, 1),
                trained_on=date(2020, 11, 20),
            )
        offices[code] = office
    return offices


def _officials(code: str, name: str) -> list[Official]:
    """The demonstration's registrars; other districts have one who does not sign in."""
    usernames = REGISTRARS.get(code, (f"hunyin{code}",))
    known = {
        one.user.username: one
        for one in Official.objects.select_related("user").filter(user__username__in=usernames)
    }
    return [
        known.get(username) or create_official(username=username, password=None, name=f"{name}登记员", title="婚姻登记员")
        for username in usernames
    ]  # fmt: skip


def enter_old_records(offices: dict[str, Facility], *, before: date) -> None:
    """Every couple of a household has an old record of its district: married a few years past the lawful age."""
    couples = read_frame(_COUPLES, schema={**_COUPLE, "place": pl.String})
    spread = pl.col("man_person_id").hash(1) % 2600
    couples = couples.with_columns(
        on=(
            pl.max_horizontal(
                pl.col("man_birth_date").dt.offset_by("23y"), pl.col("woman_birth_date").dt.offset_by("21y")
            )
            + pl.duration(days=spread)
        ).cast(pl.Date)
    ).filter(pl.col("on") < before)
    for (place,), group in couples.group_by("place", maintain_order=True):
        if place not in offices:
            continue
        rows = group.sort("on").with_row_index("row", 1).with_columns(
            pl.col("row").cast(pl.Int64),
            kind=pl.lit(str(Kind.ARCHIVE)),
            old_number=pl.format("{}字第{}号", pl.col("on").dt.year(), pl.col("row")),
            place=pl.format("{}盒{}页", pl.col("row") // 200 + 1, pl.col("row") % 200 + 1),
        )  # fmt: skip
        actions.enter_archive(rows, office=offices[str(place)], provenance="illustrative")


def _live_the_year(offices: dict[str, Facility], *, until: date) -> None:
    """The year's acts before its last week, as many as the city of this size would have."""
    new_year = until.replace(month=1, day=4)
    days = (until - new_year).days - 7
    singles: dict[tuple[str, int], list[int]] = {}
    for person, sex, place in fetch(_SINGLES, [date(until.year - 38, 1, 1), date(until.year - 24, 1, 1)]):
        singles.setdefault((place, sex), []).append(person)
    rows: list[tuple[int, int, date, int, int, date | None]] = []
    for place, office in offices.items():
        pairs = zip(singles.get((place, 1), []), singles.get((place, 2), []), strict=False)
        for man, woman in list(pairs)[4 if place == AT_COUNTER else 0 :][:40]:
            on = new_year + timedelta(days=(man * 7919) % days)
            rows.append((len(rows) + 1, office.pk, on, man, woman, None))
    actions.register_in_bulk(_acts(rows), kind=Kind.MARRIAGE)
    married = Registration.objects.filter(
        kind=Kind.ARCHIVE, man_person__death_date=None, woman_person__death_date=None
    )
    rows = []
    for place, office in offices.items():
        of_place = married.filter(division_code=place, man_hukou=place).order_by("-on")
        for turn, (man, woman) in enumerate(of_place.values_list("man_person_id", "woman_person_id")[4:16]):
            received = new_year + timedelta(days=(turn * 13) % max(days - 70, 1))
            rows.append((len(rows) + 1, office.pk, received + timedelta(days=45), man, woman, received))
    actions.register_in_bulk(_acts(rows), kind=Kind.DIVORCE)


def _acts(rows: list[tuple[int, int, date, int, int, date | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=actions.ACT_SCHEMA, orient="row")


def _serve_at_counter(office: Facility, *, on: date) -> None:
    """The last weeks at one office: marriages, and applications pending, to be collected, and withdrawn."""
    post = Post.objects.get(official__user__username="hunyin", role="marriage_registrar")
    with acting(post):
        place = office.division_code
        singles: dict[int, list[int]] = {1: [], 2: []}
        for person, sex, home in fetch(_SINGLES, [date(on.year - 38, 1, 1), date(on.year - 24, 1, 1)]):
            if home == place:
                singles[sex].append(person)
        for man_id, woman_id in list(zip(singles[1], singles[2], strict=False))[:2]:
            man, woman = _party(man_id), _party(woman_id)
            actions.register_marriage(
                office=office,
                man=man,
                woman=woman,
                evidence=everything("marriage", {"man": man, "woman": woman}),
                on=on,
            )
        couples = Registration.objects.filter(
            kind=Kind.ARCHIVE, division_code=place, man_hukou=place, ties__ended_by=None,
            man_person__death_date=None, woman_person__death_date=None,
        )  # fmt: skip
        made = []
        for marriage, days in zip(
            couples.distinct().order_by("-on", "-id")[:4], (12, 40, 20, 65), strict=False
        ):
            man, woman = _party(marriage.man_person_id or 0), _party(marriage.woman_person_id or 0)
            made.append(
                actions.apply_for_divorce(
                    office=office, man=man, woman=woman, marriage=marriage, agreement=AGREED,
                    evidence=everything("divorce_application", {"man": man, "woman": woman}), on=on - timedelta(days=days),
                )
            )  # fmt: skip
        if len(made) > 2:
            actions.withdraw_divorce(application=made[2], by="woman", on=on - timedelta(days=3))


def _party(person_id: int) -> Party:
    person = Person.objects.get(pk=person_id)
    number = (
        person.identifiers.filter(kind="citizen", is_primary=True).values_list("value", flat=True).first()
    )
    return party_of(person, number or "")
