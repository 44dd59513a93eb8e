"""Elders of 崇明 who were refused the old-age allowance: the register had two of them born ten years too late."""

from __future__ import annotations

from datetime import date

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.access.demo import PASSWORD, create_demo_officials
from minzheng.kernel.access.models import Post, ResidentAccount
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.alike import find_alike
from minzheng.kernel.cases.models import Case, Review
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.people.actions import correct_field
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.tests import world as people
from minzheng.kernel.periods import Month
from minzheng.surfaces.web.work.day import working_day

HOME = "310151101001"
ITEM = "old_age_allowance"
REFUSED = date(2022, 7, 14)
TRUE, WRONG = date(1950, 5, 5), date(1960, 5, 5)
# Account, name, whether the register's birth date was wrong; each was refused for being under 65.
FIRST, ALIKE, UNALIKE = "shilaobo", "huanglaotai", "guxiansheng"
ELDERS = ((FIRST, "施老伯", True), (ALIKE, "黄老太", True), (UNALIKE, "顾先生", False))


def build_appeal_town() -> None:
    """Everything is committed; three were refused in July 2022, whose month has been run: the pages' day is its last."""
    with acting_as_service("demo"):
        create_demo_officials()
        for serial, (username, name, _) in enumerate(ELDERS, start=11):
            open_resident_account(username=username, password=PASSWORD, person_id=_register(serial, name))
    for username, *_ in ELDERS:
        _refuse(username)
    run_month(Month(2022, 7))


def person_of(username: str) -> Person:
    return Person.objects.get(pk=ResidentAccount.objects.get(user__username=username).person_id)


def case_of(username: str) -> Case:
    with acting_as_service("test"):
        return Case.objects.get(person=person_of(username))


def correct_the_register() -> None:
    """The police put right what they had written wrongly; only then can a review find otherwise."""
    with acting_as_service("test"):
        for username, _, is_wrong in ELDERS:
            if is_wrong:
                correct_field(
                    person_id=person_of(username).pk, field="birth_date", value=TRUE, source="公安", on=working_day(),
                    reason="出生日期登记有误，凭出生证明更正",
                )  # fmt: skip


def look_for_alike() -> int:
    """What the platform's own job does after a review was upheld; returns how many cases it lists."""
    with acting_as_service("test"):
        review = Review.objects.get(state="upheld")
        assert find_alike(review=review, on=working_day()) == 0
        return review.alike.count()


def _register(serial: int, name: str) -> int:
    told = people.register_one(
        row=serial, serial=serial, identifier=people.number(serial, f"{WRONG:%Y%m%d}"), name=name, sex=2 - serial % 2,
        birth_date=WRONG, household_number=f"H2000{serial}", hukou_division_code=HOME, division_code=HOME,
    )  # fmt: skip
    return int(told["person_id"])


def _refuse(username: str) -> None:
    on = date(2022, 7, 11)
    with acting_as_service("test"):
        case = actions.open_draft(item=ITEM, person=person_of(username), on=on, accepting_division=HOME[:9])
        told = {"phone": "13800000000", "account": "6222000000000000001"}
        actions.save_answers(case=case, values=told, on=on)
        actions.submit(case=case, on=on)
        for paper in missing_papers(case):
            actions.hand_in(case=case, code=paper.code, on=on)
        actions.accept(case=case, on=on)
    with acting(Post.objects.get(official__user__username="chongming")):
        actions.decide(case=case, outcome="refused", reason="登记的年龄未满六十五周岁", on=REFUSED)
