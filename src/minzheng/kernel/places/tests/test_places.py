"""The division tree and the codes that files use for it."""

from datetime import date

import pytest

from minzheng.kernel.places import queries
from minzheng.kernel.places.models import AbolishedCode, Division
from minzheng.kernel.places.resolution import Match, resolve_division, resolve_divisions

JULY = date(2022, 7, 1)


@pytest.mark.django_db
class TestTree:
    def test_the_city_has_its_sixteen_districts_and_215_streets_towns_and_townships(self):
        assert queries.children("310000", JULY).count() == 16
        official = Division.objects.filter(level="street").exclude(kind="special")
        assert official.count() == 107 + 106 + 2
        assert Division.objects.filter(level="committee").count() == 6496

    def test_zhabei_was_a_district_until_the_day_before_its_merger(self):
        assert queries.children("310000", date(2015, 11, 3)).filter(code="310108").exists()
        assert not queries.children("310000", date(2015, 11, 4)).filter(code="310108").exists()

    def test_a_subtree_holds_the_place_itself_and_no_neighbour(self):
        codes = list(queries.subtree("310107014", JULY).values_list("code", flat=True))
        assert codes[0] == "310107014" and len(codes) > 20
        assert all(code.startswith("310107014") for code in codes)

    def test_a_path_reads_from_the_district_down(self):
        assert queries.path_name("310107014").endswith("长风新村街道")
        assert queries.path_name("310107014").startswith("普陀区")
        assert queries.path_name("310000") == "上海市"
        assert queries.path_name("340122001001") == "340122001001"

    def test_names_of_many_places_take_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert len(queries.path_names(["310107014", "310106", "310107014001"])) == 3

    def test_a_name_is_found_inside_its_district_only(self):
        street = Division.objects.get(code="310107014")
        assert queries.find_by_name(street.name, within="310107", on=JULY) == [street]
        assert queries.find_by_name(street.name, within="310106", on=JULY) == []

    def test_every_abolished_code_names_its_paper(self):
        assert all(row.source and row.provenance for row in AbolishedCode.objects.all())


@pytest.mark.django_db
class TestResolution:
    @pytest.mark.parametrize(
        ("text", "code", "match"),
        [
            ("310107", "310107", Match.EXACT),
            ("310107014", "310107014", Match.EXACT),
            ("310107014000", "310107014", Match.PADDED),
            ("310107000000", "310107", Match.PADDED),
            ("310100", "310000", Match.PADDED),
            ("３１０１０７ ", "310107", Match.EXACT),
            ("310107014.0", "310107014", Match.EXACT),
            ("310107014999", "310107014", Match.ANCESTOR),
            ("310107999999", "310107", Match.ANCESTOR),
            ("310108", "310106", Match.MAPPED),
            ("310108014029", "310106", Match.MAPPED),
            ("310103001", "310101", Match.MAPPED),
            ("310119", "310115", Match.MAPPED),
            ("319999014029", None, Match.UNKNOWN),
            ("340122001001", None, Match.OUTSIDE),
            ("31010", None, Match.MALFORMED),
            ("", None, Match.MALFORMED),
            ("普陀区", None, Match.MALFORMED),
        ],
    )
    def test_a_code_means_the_deepest_place_that_is_certain(self, text, code, match):
        found = resolve_division(text, JULY)
        assert (found.code, found.match) == (code, match)
        assert bool(found.note) == (match not in (Match.EXACT, Match.PADDED))
        assert resolve_divisions([text], JULY)[text] == found

    def test_an_abolished_code_stood_for_itself_before_its_day(self):
        assert resolve_division("310108", date(2015, 11, 3)).code == "310108"
        assert resolve_division("310108", date(2015, 11, 4)).code == "310106"

    def test_a_merged_districts_street_is_not_taken_for_another_street_of_the_same_serial(self):
        # 310106014 exists today, yet it is not the street that 310108014 was.
        assert Division.objects.filter(code="310106014").exists()
        assert resolve_division("310108014", JULY).code == "310106"

    def test_many_codes_take_two_queries(self, django_assert_num_queries):
        with django_assert_num_queries(2):
            resolve_divisions([f"3101070140{n:02d}" for n in range(90)], JULY)
