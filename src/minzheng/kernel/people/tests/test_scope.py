"""Who sees whom: raw SQL as the application's role, in posts here and elsewhere, and as the resident."""

from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.actions import record_facts, set_account
from minzheng.kernel.people.queries import household_page, person_page, search_people
from minzheng.kernel.people.tests.world import ELSEWHERE, HERE, JUNE, number, person, register

pytestmark = pytest.mark.django_db
TABLES = (
    "person",
    "identifier",
    "membership",
    "residence",
    "hukourecord",
    "lifeevent",
    "bankaccount",
    "fact",
)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM people_{table}")
        return cursor.fetchone()[0]


def run(sql: str, *values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@pytest.fixture
def city():
    """A couple living here, and one who lives in another district but has the hukou there too."""
    with acting_as_service("test"):
        rows = register(
            person(1, name="周磊建"),
            person(2, name="龙银", sex=2, relation=2),
            person(
                3,
                name="徐慧娟",
                household_number="H000002",
                division_code=ELSEWHERE,
                hukou_division_code=ELSEWHERE,
            ),
        )
        ids = rows["person_id"].to_list()
        frame = pl.DataFrame(
            {
                "row": [1, 2, 3],
                "person_id": ids,
                "kind": ["wage_fen"] * 3,
                "int_value": [1, 2, 3],
                "start": [JUNE] * 3,
            }
        )
        record_facts(frame, source="人社", observed_on=JUNE)
        for one in ids:
            set_account(person_id=one, bank="银行", number=f"62{one}", holder="甲", on=JUNE, source="民政")
    return ids


def test_without_a_post_nobody_is_seen(city):
    assert {table: count(table) for table in (*TABLES, "household")} == dict.fromkeys(
        (*TABLES, "household"), 0
    )


@pytest.mark.parametrize(
    ("division", "seen"),
    [
        ("310000", 3),
        ("310107", 2),
        ("310107014", 2),
        (HERE, 2),
        ("310107014028", 0),
        ("310106", 1),
        ("310109", 0),
    ],
)
def test_a_post_sees_its_subtree_in_every_table(city, as_post, division, seen):
    with as_post("street_officer", division):
        for table in (
            "person",
            "identifier",
            "residence",
            "membership",
            "hukourecord",
            "bankaccount",
            "fact",
        ):
            assert count(table) == seen, table


def test_a_person_is_seen_where_the_hukou_is_too(city, as_post):
    with acting_as_service("test"):
        register(person(4, division_code=ELSEWHERE, household_number="H000004"))
    with as_post("street_officer", "310107014"):
        assert count("person") == 3 and count("household") == 1


def test_another_district_cannot_be_changed_by_key(city, as_post):
    with as_post("street_officer", "310106"):
        assert run("UPDATE people_person SET name = 'x' WHERE id = %s", city[0]) == 0
        assert run("UPDATE people_bankaccount SET number = 'x' WHERE person_id = %s", city[0]) == 0
        assert run("DELETE FROM people_membership WHERE person_id = %s", city[0]) == 0


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO people_bankaccount (person_id, bank, number, holder, purpose, during, source)"
        " VALUES (%s, '', '1', '', 'x', '(,)', '')",
        "INSERT INTO people_identifier (person_id, kind, value, is_primary, during, source)"
        " VALUES (%s, 'other', '1', true, '(,)', '')",
    ],
)
def test_nothing_can_be_added_to_a_person_out_of_scope(city, as_post, sql):
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with as_post("street_officer", "310106"), refused, transaction.atomic():
        run(sql, city[0])


def test_a_person_cannot_be_moved_out_of_the_own_scope(city, as_post):
    refused = pytest.raises(ProgrammingError, match="row-level security")
    away = "UPDATE people_person SET division_code = %s, hukou_division_code = %s WHERE id = %s"
    with as_post("street_officer", "310107014"), refused, transaction.atomic():
        run(away, ELSEWHERE, ELSEWHERE, city[0])


@pytest.mark.parametrize("sql", ["UPDATE people_lifeevent SET kind = 'x'", "DELETE FROM people_lifeevent"])
def test_life_events_can_only_be_added(city, as_post, sql):
    with as_post("service", "310000"), pytest.raises(DatabaseError), transaction.atomic():
        run(sql)


def test_facts_cannot_be_deleted(city, as_post):
    with as_post("service", "310000"), pytest.raises(ProgrammingError), transaction.atomic():
        run("DELETE FROM people_fact")


def test_a_street_cannot_enter_again_whom_another_district_has(city, as_post):
    with as_post("street_officer", "310107014"):
        told = register(person(3, name="徐慧娟"), source="窗口").to_dicts()[0]
    assert (told["outcome"], told["reason"], told["person_id"]) == ("conflict", "known_elsewhere", None)


def test_a_street_cannot_join_a_household_of_another_district(city, as_post):
    with as_post("street_officer", "310107014"):
        told = register(person(5, household_number="H000002"), source="窗口").to_dicts()[0]
        assert told["outcome"] == "created" and '"scope"' in told["kept"]
        assert count("membership") == 2


class TestTheResident:
    def test_sees_the_own_record_and_household_and_nothing_of_its_other_members(self, city, as_resident):
        as_resident(city[0])
        assert {table: count(table) for table in (*TABLES, "household")} == {
            **dict.fromkeys((*TABLES, "household"), 1),
            "lifeevent": 2,
        }
        assert person_page(city[0]).identifiers[0].masked == "310***********" + number(1)[-4:]

    def test_changes_nothing(self, city, as_resident):
        as_resident(city[0])
        assert run("UPDATE people_person SET name = 'x'") == 0
        assert run("UPDATE people_bankaccount SET number = 'x'") == 0

    def test_finds_nobody_by_searching(self, city, as_resident):
        as_resident(city[0])
        assert search_people("周磊建") == []


class TestSearch:
    @pytest.mark.parametrize(
        "text",
        [
            "周磊建",
            "周磊",
            "磊建",
            " 周 磊建 ",
            "zhouleijian",
            "ZHOU LEI",
            "zhoul",
            "zlj",
            number(1),
            number(1)[-4:],
        ],
    )
    def test_finds_by_name_part_pinyin_initials_and_the_last_digits(self, city, as_post, text):
        with as_post("street_officer", "310107014"):
            assert city[0] in [hit.person_id for hit in search_people(text)]

    @pytest.mark.parametrize(
        ("role", "place", "others"),
        [
            ("neighbourhood_worker", "310107014029", False),
            ("street_officer", "310107014", False),
            ("district_reviewer", "310107", False),
            ("city_policy", "310000", True),
        ],
    )
    def test_every_scope_finds_its_own_by_every_way_and_no_others(self, city, as_post, role, place, others):
        with as_post(role, place):
            for ours, theirs in (("周磊建", "徐慧娟"), ("周磊", "徐慧"), ("zhoulei", "xuhui"), ("zl", "xhj")):
                assert city[0] in [hit.person_id for hit in search_people(ours)], ours
                assert bool(search_people(theirs)) is others, theirs

    def test_a_page_of_a_common_name_holds_as_many_as_asked_for_and_whole_names_come_first(self, as_post):
        with acting_as_service("test"):
            register(
                *(
                    person(n, name="王伟" if n > 3 else "王伟强", household_number=f"H{n}")
                    for n in range(1, 9)
                )
            )
        for role, place in (("city_policy", "310000"), ("street_officer", "310107014")):
            with as_post(role, place):
                assert [hit.name for hit in search_people("王伟", limit=6)] == ["王伟"] * 5 + ["王伟强"]
                assert [hit.name for hit in search_people("王伟", limit=3)] == ["王伟"] * 3
                assert len(search_people("wangwei", limit=4)) == 4

    @pytest.mark.parametrize("text", ["周", "z", "123", "", "%", "%%", "__", "建磊", "徐慧娟", "xuhuijuan"])
    def test_finds_nobody_by_too_little_by_wildcards_or_out_of_scope(self, city, as_post, text):
        with as_post("street_officer", "310107014"):
            assert search_people(text) == []

    def test_answers_with_the_identifier_masked(self, city, as_post):
        with as_post("street_officer", "310107014"):
            (hit,) = search_people("周磊建")
        assert hit.identifier == "310***********" + number(1)[-4:]

    def test_finds_characters_beyond_the_bmp_and_other_offices_writings(self, as_post):
        with acting_as_service("test"):
            register(person(1, name="余𠮷"), person(2, name="邱䶮", household_number="H2"))
            register(person(2, name="邱岩", household_number="H2"), source="人社")
        with as_post("street_officer", "310107014"):
            assert [hit.name for hit in search_people("余𠮷")] == ["余𠮷"]
            (hit,) = search_people("邱岩")
        assert (hit.name, hit.matched) == ("邱䶮", "邱岩")


class TestPages:
    def test_take_the_same_number_of_queries_for_one_and_for_many(
        self, city, as_post, django_assert_max_num_queries
    ):
        with as_post("street_officer", "310107014"):
            with django_assert_max_num_queries(10):
                page = person_page(city[0])
            with django_assert_max_num_queries(3):
                home = household_page(page.household.id)
        assert [m.person.name for m in home.members] == ["周磊建", "龙银"]
        assert [view.label for view in page.facts] == ["工资收入"]
        assert (
            page.memberships[0].during.upper is None and date(2022, 6, 30) == page.memberships[0].observed_on
        )
