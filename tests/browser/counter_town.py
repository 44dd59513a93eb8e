"""A few synthetic people and officials for the counter: a poor resident of 崇明, her neighbour, an older resident of 普陀."""

from __future__ import annotations

from datetime import date

import polars as pl

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.demo import create_demo_officials
from minzheng.kernel.access.models import Post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.models import Case
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.payments.actions import close_month
from minzheng.kernel.people.actions import record_facts
from minzheng.kernel.people.attendance import attend, leave
from minzheng.kernel.people.fact_writing import FACT_SCHEMA
from minzheng.kernel.people.models import Membership
from minzheng.kernel.people.tests import world as people
from minzheng.kernel.periods import Month

CHONGMING = "310151101"
SECOND = "chongmingfu"
APPLY, CHANGE = "subsistence_allowance_apply", "subsistence_allowance_change"
POOR, POOR_NUMBER = "施小妹", people.number(2, "19650505")
NEIGHBOUR, NEIGHBOUR_NUMBER = "黄阿妹", people.number(4, "19650505")
OLD, OLD_NUMBER = "顾阿婆", people.number(6, "19450505")
SINCE = date(2022, 6, 30)
WAGE_FEN = 60_000


def build_counter_town() -> None:
    """Everything is committed; the month of July 2022 has been run, so that the counter's day is its last."""
    with acting_as_service("demo"):
        create_demo_officials()
        _register(1, 2, POOR_NUMBER, POOR, date(1965, 5, 5), f"{CHONGMING}001", "H200001")
        _register(2, 4, NEIGHBOUR_NUMBER, NEIGHBOUR, date(1965, 5, 5), f"{CHONGMING}001", "H200002")
        _register(3, 6, OLD_NUMBER, OLD, date(1945, 5, 5), "310107014010", "H200003")
    run_month(Month(2022, 7))


def _register(row: int, serial: int, number: str, name: str, born: date, place: str, household: str) -> None:
    told = people.register_one(
        row=row, serial=serial, identifier=number, name=name, sex=2, birth_date=born, household_number=household,
        hukou_division_code=place, division_code=place, on=SINCE,
    )  # fmt: skip
    person_id = told["person_id"]
    home = Membership.objects.get(person_id=person_id).household_id
    of_person = {"wage_fen": WAGE_FEN, "employment": 1}
    of_home = {"money_assets_fen": 100_000, "homes": 1, "non_residential_properties": 0, "vehicles": 0}
    for source, facts, person, household_id in (
        ("人社", of_person, person_id, None),
        ("核对", of_home, None, home),
    ):
        rows = [
            {"row": at, "person_id": person, "household_id": household_id, "kind": kind, "int_value": value,
             "text_value": None, "start": date(2022, 6, 1), "end": None}
            for at, (kind, value) in enumerate(facts.items())
        ]  # fmt: skip
        record_facts(pl.DataFrame(rows, schema=FACT_SCHEMA), source=source, observed_on=SINCE)


def next_month(month: Month) -> None:
    """The month before is closed, and a month end is lived through; the counter's day is its last working day."""
    with acting_as_service("demo"):
        close_month(month=month - 1, on=month.first_day)
    run_month(month)


def correction_over_national_day() -> Case:
    """A reported change, accepted on 26 September; the town asks for more on the 29th and gets it on 9 October."""
    clerk, officer = (
        Post.objects.get(official__user__username=name) for name in ("xuhuichuang", "chongming")
    )
    told = {
        "phone": "13800000001",
        "change": "spending",
        "changed_on": "2022-09-01",
        "details": "住院，支出增加",
    }
    with acting(clerk):
        client = attend(identifier=NEIGHBOUR_NUMBER, name=NEIGHBOUR, purpose="报告情况变化")
        case = actions.open_draft(item=CHANGE, person=client, on=date(2022, 9, 26))
        actions.save_answers(case=case, values=told, on=date(2022, 9, 26))
        actions.submit(case=case, on=date(2022, 9, 26))
        case = actions.accept(case=case, on=date(2022, 9, 26))
        leave()
    with acting(officer):
        case = actions.ask_correction(case=case, on=date(2022, 9, 29), note="请补充出院小结")
    with acting(clerk):
        return actions.resubmit(case=case, on=date(2022, 10, 9))
