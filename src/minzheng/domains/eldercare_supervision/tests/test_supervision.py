"""The campaign and the credit rating: nothing closes early, every point has its record, what a level brings is a visible rule."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains.eldercare_supervision import KIND
from minzheng.domains.eldercare_supervision.campaigns import (
    close_campaign,
    coverage,
    missing_areas,
    open_campaign,
)
from minzheng.domains.eldercare_supervision.credit import (
    ask_repair,
    decide_due,
    decide_repair,
    decide_sheet,
    object_to_item,
    publish_sheet,
    settle_objection,
)
from minzheng.domains.eldercare_supervision.indicators import INDICATORS
from minzheng.domains.eldercare_supervision.levels import (
    credit_level,
    effects,
    everybody_once,
    level_of_score,
    plan_rule,
    subsidy_percent,
    targets,
)
from minzheng.domains.eldercare_supervision.models import Campaign, Grading, ScoreItem, ScoreSheet
from minzheng.domains.eldercare_supervision.scoring import compute_sheets
from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.facilities.models import Facility, FacilityPost
from minzheng.kernel.inspections.checklists import checklists
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.inspections.models import Complaint, Finding, Inspector, Publication, Visit
from minzheng.kernel.inspections.penalties import decide_penalty, propose_penalty
from minzheng.kernel.inspections.rectifying import recheck
from minzheng.kernel.inspections.tests.world import photo
from minzheng.kernel.inspections.visiting import answer_clause, begin_visit, finish_visit, order_visit

AREAS = ("fire", "food", "building", "medical", "fraud", "sixth")
VISITED = date(2022, 6, 6)
TOLD = date(2023, 1, 9)


class Town:
    """Two homes of 普陀, one of 徐汇, and those who deal with them."""

    def __init__(self) -> None:
        self.inspector = make_post("inspector", "310107")
        self.district, self.decider = (
            make_post("district_reviewer", "310107"),
            make_post("district_reviewer", "310107"),
        )
        self.elsewhere, self.city = (
            make_post("district_reviewer", "310104"),
            make_post("city_policy_officer", "310000"),
        )
        self.manager, self.statistician = (
            make_post("facility_manager", "310107"),
            make_post("statistician", "310107"),
        )
        with acting_as_service("test"):
            self.homes = [
                Facility.objects.create(
                    code=f"EH-{n}", kind=KIND, name=f"{n}号养老院", division_code=place, source="示例",
                    during=DateRange(date(2020, 1, 1), None),
                )
                for n, place in enumerate(("310107014", "310107015", "310104014"))
            ]  # fmt: skip
            FacilityPost.objects.create(post=self.manager, facility=self.homes[0])
            self.who = Inspector.objects.create(
                code="I1", name="甲", department="civil_affairs", division_code="310107", official=self.inspector.official,
                during=DateRange(date(2020, 1, 1), None),
            )  # fmt: skip

    def visited(
        self, home: Facility, *faults: str, kind: str = "regular", areas: tuple[str, ...] = AREAS
    ) -> Visit:
        with acting(self.district):
            visit = order_visit(
                facility=home,
                kind=kind,
                title="检查",
                areas=areas,
                inspectors=[self.who],
                due_from=VISITED,
                due_to=VISITED,
            )
        with acting(self.inspector):
            begin_visit(visit=visit, on=VISITED)
            for area in areas:
                for clause in checklists(KIND)[area].clauses:
                    bad = clause.code in faults
                    answer_clause(
                        visit=visit, clause=clause.code, result="not_met" if bad else "met", text="情况" if bad else "",
                        photo=photo(1) if bad else None,
                    )  # fmt: skip
            return finish_visit(visit=visit, on=VISITED)

    def cleared(self) -> None:
        with acting(self.inspector):
            for one in Finding.objects.exclude(state="closed"):
                recheck(finding=one, has_passed=True, text="好了", photo=photo(2), on=date(2022, 6, 20))

    def sheet(self, *faults: str) -> ScoreSheet:
        self.visited(self.homes[0], *faults)
        with acting(self.district):
            compute_sheets(year=2022, division_code="310107", on=TOLD)
            return ScoreSheet.objects.get(facility=self.homes[0])


@pytest.fixture
def town(db) -> Town:
    return Town()


@pytest.fixture
def campaign(town) -> Campaign:
    with acting(town.district):
        return open_campaign(
            code="1+6", title="“1+6”", division_code="310107", first_day=date(2022, 6, 1), last_day=date(2022, 12, 31),
            areas=AREAS, source="年度总结", provenance="seed",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "actions"),
    [((2022, 1, 1), (2022, 5, 31), 0), ((2022, 6, 1), (2022, 6, 1), 7), ((2022, 6, 2), (2022, 12, 31), 0)],
)
def test_a_campaign_counts_as_a_whole_and_by_its_six_areas_on_its_first_day(
    campaign, first, last, actions
) -> None:
    figure = next(one for one in INDICATORS if one.seed_id == "elder_care.supervision_1_plus_6")
    with acting_as_service("test"), connection.cursor() as cursor:
        cursor.execute(figure.rows, {"first": date(*first), "last": date(*last)})
        rows = cursor.fetchall()
    assert len(rows) == actions and sum(row[3] == "whole" for row in rows) == (1 if actions else 0)


def test_the_campaign_has_a_check_list_for_each_area_and_the_unknown_ones_are_marked() -> None:
    lists = checklists(KIND)
    assert tuple(lists) == AREAS
    assert lists["sixth"].provenance == "illustrative" and "未见文件" in lists["sixth"].note
    assert all(
        clause.source and clause.provenance == "illustrative"
        for one in lists.values()
        for clause in one.clauses
    )


def test_a_campaign_closes_when_every_home_has_every_area_and_every_fault_is_closed(town, campaign) -> None:
    town.visited(town.homes[0], "F01", kind="1+6")
    town.visited(town.homes[1], kind="1+6", areas=AREAS[:4])
    with acting(town.district):
        rows = {one.area: one for one in coverage(campaign, on=VISITED)}
        assert (rows["fire"].institutions, rows["fire"].covered, rows["fire"].found, rows["fire"].open) == (
            2,
            2,
            1,
            1,
        )
        assert rows["sixth"].missing == 1
        assert missing_areas(campaign, on=VISITED) == [
            (town.homes[1].pk, "EH-1", "1号养老院", ["fraud", "sixth"])
        ]
        with pytest.raises(InspectionRefused, match="尚缺 2 项领域结果、1 个问题未销号"):
            close_campaign(campaign=campaign, on=VISITED)
    town.visited(town.homes[1], kind="1+6", areas=AREAS[4:])
    with acting(town.district), pytest.raises(InspectionRefused, match="尚缺 0 项领域结果、1 个"):
        close_campaign(campaign=campaign, on=VISITED)
    town.cleared()
    with acting(town.inspector), pytest.raises(NotPermitted):
        close_campaign(campaign=campaign, on=VISITED)
    with acting(town.elsewhere), pytest.raises(InspectionRefused):
        close_campaign(campaign=campaign, on=VISITED)
    with acting(town.district):
        assert close_campaign(campaign=campaign, on=date(2022, 6, 20)).closed_on == date(2022, 6, 20)


def test_every_point_has_its_record_its_day_and_its_rule_and_they_add_up(town) -> None:
    visit = town.visited(town.homes[0], "F01", "S02")
    with acting(town.inspector):
        told = propose_penalty(
            finding=visit.findings.get(clause="F01"),
            kind="fine",
            amount_fen=100_000,
            statute="示例",
            reason="示例",
            on=VISITED,
        )
    with acting(town.decider):
        decide_penalty(penalty=told, is_imposed=True, words="依法", on=date(2022, 6, 20))
        for is_true, day in ((True, date(2022, 12, 31)), (True, date(2023, 1, 1)), (False, date(2022, 5, 1))):
            Complaint.objects.create(
                facility=town.homes[0], division_code="310107014", received_on=day, channel="热线", area="food", text="伙食",
                is_verified=is_true, verified_on=day,
            )  # fmt: skip
        Grading.objects.create(
            facility=town.homes[0],
            division_code="310107014",
            grade=3,
            decided_on=date(2021, 1, 1),
            until=date(2024, 1, 1),
            source="示例",
        )
    with acting(town.district):
        made = compute_sheets(year=2022, division_code="310107", on=TOLD)
        assert compute_sheets(year=2022, division_code="310107", on=TOLD) == [] and len(made) == 2
        sheet = ScoreSheet.objects.get(facility=town.homes[0])
        found = sorted(sheet.items.values_list("kind", "points", "on"))
        # 100 − 10 − 2 − 20 − 5 + 3; the complaint of 1 January 2023 belongs to the next year.
        assert found == [
            ("complaint", -5, date(2022, 12, 31)), ("finding", -10, VISITED), ("finding", -2, VISITED),
            ("grade", 3, date(2021, 1, 1)), ("penalty", -20, date(2022, 6, 20))]  # fmt: skip
        assert (sheet.score, sheet.level, sheet.object_until) == (66, "C", date(2023, 1, 28))


@pytest.mark.parametrize(
    ("score", "level"),
    [(100, "A"), (90, "A"), (89, "B"), (75, "B"), (74, "C"), (60, "C"), (59, "D"), (-5, "D")],
)
def test_a_level_begins_at_its_floor(score, level) -> None:
    assert level_of_score(score, on=TOLD) == level


@settings(max_examples=60)
@given(st.integers(-50, 150), st.integers(0, 50))
def test_more_points_never_give_a_worse_level(score, more) -> None:
    assert level_of_score(score + more, on=TOLD) <= level_of_score(score, on=TOLD)


def test_a_year_is_scored_when_it_is_over(town) -> None:
    with acting(town.district):
        with pytest.raises(InspectionRefused, match="尚未结束"):
            compute_sheets(year=2022, division_code="310107", on=date(2022, 12, 31))
        with pytest.raises(InspectionRefused, match="范围"):
            compute_sheets(year=2022, division_code="310104", on=TOLD)
    for who in (town.inspector, town.manager, town.statistician):
        with acting(who), pytest.raises(NotPermitted):
            compute_sheets(year=2022, division_code="310107", on=TOLD)


def test_an_objection_is_taken_until_the_last_day_and_settled_before_the_decision(town) -> None:
    sheet = town.sheet("F01", "S02")
    with acting(town.manager):
        first, second = ScoreItem.objects.order_by("id")
        with pytest.raises(InspectionRefused, match="异议期至"):
            object_to_item(item=first, text="不对", on=date(2023, 1, 29))
        made = object_to_item(item=first, text="当天已改", on=date(2023, 1, 28))
        with pytest.raises(InspectionRefused, match="已提出过"):
            object_to_item(item=first, text="再说", on=date(2023, 1, 28))
        with pytest.raises(NotPermitted):
            settle_objection(objection=made, is_upheld=True, words="对", on=date(2023, 1, 28))
    with acting(town.district):
        with pytest.raises(NotPermitted):
            object_to_item(item=second, text="我替他说", on=date(2023, 1, 28))
        with pytest.raises(InspectionRefused, match="待处理异议 1 件"):
            decide_sheet(sheet=sheet, on=date(2023, 1, 29))
        assert decide_due(division_code="310107", on=date(2023, 1, 29)) == 1  # The other home's.
        settle_objection(objection=made, is_upheld=True, words="属实", on=date(2023, 1, 29))
        again = decide_sheet(sheet=sheet, on=date(2023, 1, 29))
        assert (again.score, again.level) == (98, "A")
        with pytest.raises(DatabaseError), transaction.atomic():
            ScoreSheet.objects.filter(pk=sheet.pk).update(level="D")
        with pytest.raises(DatabaseError), transaction.atomic():
            ScoreItem.objects.filter(pk=second.pk).update(points=0)


def test_a_level_is_published_after_the_decision_and_repair_replaces_it(town) -> None:
    sheet = town.sheet("F01", "B01", "M01", "Q01", "S01")
    assert (sheet.score, sheet.level) == (55, "D")
    with acting(town.decider):
        with pytest.raises(InspectionRefused, match="审定后"):
            publish_sheet(sheet=sheet, on=TOLD)
        sheet = decide_sheet(sheet=sheet, on=date(2023, 1, 31))
        publish_sheet(sheet=sheet, on=date(2023, 2, 1))
        assert credit_level(town.homes[0].pk, on=date(2023, 1, 30)) == "B"
        assert credit_level(town.homes[0].pk, on=date(2023, 1, 31)) == "D"
    with acting(town.manager), pytest.raises(InspectionRefused, match="全部问题复查合格"):
        ask_repair(sheet=sheet, text="已改", on=date(2023, 7, 31))
    town.cleared()
    with acting(town.manager):
        with pytest.raises(InspectionRefused, match="满 6 个月"):
            ask_repair(sheet=sheet, text="已改", on=date(2023, 7, 30))
        asked = ask_repair(sheet=sheet, text="已改", on=date(2023, 7, 31))
        with pytest.raises(NotPermitted):
            decide_repair(repair=asked, is_granted=True, words="好", on=date(2023, 7, 31))
    with acting(town.decider):
        assert (
            decide_repair(repair=asked, is_granted=True, words="条件具备", on=date(2023, 8, 1)).level_after
            == "C"
        )
        assert credit_level(town.homes[0].pk, on=date(2023, 8, 1)) == "C"
        standing = Publication.objects.filter(kind="rating", withdrawn_on=None)
        assert [one.detail["level"] for one in standing] == ["C"]


def test_the_level_decides_visits_and_subsidies_by_a_rule_that_is_shown(town) -> None:
    table = {one.level: (one.share, one.visits, one.subsidy) for one in effects(on=TOLD)}
    assert table == {"A": (50, 1, 100), "B": (100, 1, 100), "C": (100, 2, 50), "D": (100, 3, 0)}
    assert [subsidy_percent(level, on=TOLD) for level in "ABCD"] == [100, 100, 50, 0]
    assert all(row["source"] and row["provenance"] == "illustrative" for row in plan_rule(on=TOLD))
    assert {(row["share"], row["visits"]) for row in everybody_once(on=TOLD)} == {(100, 1)}
    town.visited(town.homes[0], "F01")
    with acting(town.district):
        # The major fault's third working day is 9 June; from the day after, the class is one worse.
        assert [(one.facility.code, one.risk) for one in targets(within="310107", on=date(2022, 6, 9))] == [
            ("EH-0", "B"),
            ("EH-1", "B"),
        ]
        assert [one.risk for one in targets(within="310107", on=date(2022, 6, 10))] == ["C", "B"]


def test_other_districts_and_other_homes_see_no_sheet(town) -> None:
    town.sheet("F01")
    with acting(town.elsewhere):
        assert not ScoreSheet.objects.exists() and not ScoreItem.objects.exists()
    with acting(town.manager):
        assert ScoreSheet.objects.count() == 1
    with acting(town.city):
        assert ScoreSheet.objects.count() == 2


def test_the_figures_count_what_the_records_hold(town) -> None:
    town.sheet("F01", "S02")
    counted = {}
    with acting(town.statistician), connection.cursor() as cursor:
        for one in INDICATORS:
            cursor.execute(
                f"SELECT count(*), count(on_day), count(division_code) FROM ({one.rows}) x WHERE division_code LIKE '310107%%'",
                {"first": date(2022, 1, 1), "last": date(2022, 12, 31), "on": TOLD},
            )
            counted[one.id], *whole = cursor.fetchone()
            assert whole == [counted[one.id]] * 2
    assert counted["eldercare.inspections_done"] == 1 and counted["eldercare.homes_to_inspect"] == 2
    assert (
        counted["eldercare.faults_found"]
        == counted["eldercare.faults_closed"] + counted["eldercare.faults_open"]
        == 2
    )
