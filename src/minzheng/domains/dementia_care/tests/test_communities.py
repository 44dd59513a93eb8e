"""Friendly communities: a street sees what lacks evidence, and nothing passes while it does."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.dementia_care.catalogue import community_tasks
from minzheng.domains.dementia_care.communities import (
    assess,
    check_itself,
    communities_of,
    give_evidence,
    join_street,
    open_year,
    tasks_lacking,
)
from minzheng.domains.dementia_care.errors import DementiaRefused
from minzheng.domains.dementia_care.models import Community, CommunityTask, SelfCheck
from minzheng.domains.dementia_care.tests.town import DAY, FAR_STREET, NEXT_STREET, STREET
from minzheng.kernel.access import NotPermitted, acting
from minzheng.kernel.access.testing import make_post

BEGAN = date(2022, 2, 1)


@pytest.fixture
def district(db):
    return make_post("district_reviewer", "310107")


@pytest.fixture
def street(db):
    return make_post("street_officer", STREET)


@pytest.fixture
def community(district):
    with acting(district):
        return join_street(division_code=STREET, batch=3, on=BEGAN, document="沪民〔2022〕示例")


def test_a_street_joins_once_with_its_tasks(community, district):
    with acting(district):
        assert CommunityTask.objects.filter(community=community, year=2022).count() == len(community_tasks())
        with pytest.raises(DementiaRefused, match="已于"):
            join_street(division_code=STREET, batch=4, on=DAY, document="再次")
        assert open_year(community=community, year=2023) == len(community_tasks())
        assert open_year(community=community, year=2023) == len(community_tasks())
        with pytest.raises(DementiaRefused):
            open_year(community=community, year=2021)
        for code in ("310107", FAR_STREET, "310107999", "310107014001"):
            with pytest.raises(DementiaRefused):
                join_street(division_code=code, batch=1, on=DAY, document="错")
        with pytest.raises(DementiaRefused, match="批次"):
            join_street(division_code=NEXT_STREET, batch=0, on=DAY, document="错")


def test_the_street_sees_which_tasks_lack_evidence_until_all_have_it(community, district, street):
    with acting(street):
        tasks = tasks_lacking(community, 2022)
        for task in tasks[1:]:
            give_evidence(task=task, text="已完成，见附件", on=DAY)
        assert [one.code for one in tasks_lacking(community, 2022)] == [tasks[0].code]
        check = check_itself(community=community, year=2022, words="尚有一项未完成", on=DAY)
        assert check.missing == [tasks[0].code]
    with acting(district), pytest.raises(DementiaRefused, match=tasks[0].name):
        assess(check=check, has_passed=True, opinion="", on=DAY)
    with acting(street):
        give_evidence(task=tasks[0], text="工作小组名单", on=DAY)
        check = check_itself(community=community, year=2022, words="全部完成", on=DAY)
        assert check.missing == [] and SelfCheck.objects.count() == 1
    with acting(district):
        assert assess(check=check, has_passed=True, opinion="材料齐全", on=DAY).has_passed
        with pytest.raises(DementiaRefused, match="已经评估"):
            assess(check=check, has_passed=False, opinion="", on=DAY)
        (found,) = communities_of(2022)
        assert (found.tasks_all, found.tasks_shown) == (len(tasks), len(tasks))
    with acting(street), pytest.raises(DementiaRefused, match="不再修改"):
        give_evidence(task=tasks[0], text="事后改写", on=DAY)


def test_nobody_assesses_their_own_self_check_and_empty_words_are_refused(community, district, street):
    with acting(district):
        check = check_itself(community=community, year=2022, words="区代为自查", on=DAY)
        with pytest.raises(DementiaRefused, match="自查人"):
            assess(check=check, has_passed=False, opinion="", on=DAY)
    with acting(street):
        with pytest.raises(DementiaRefused):
            give_evidence(task=tasks_lacking(community, 2022)[0], text=" 好 ", on=DAY)
        with pytest.raises(DementiaRefused, match="尚未下达"):
            check_itself(community=community, year=2024, words="没有任务的年度", on=DAY)


def test_another_street_sees_nothing_and_a_street_does_not_assess(community, street):
    with acting(make_post("street_officer", NEXT_STREET)):
        assert not Community.objects.exists() and not CommunityTask.objects.exists()
    with acting(street):
        check = check_itself(community=community, year=2022, words="自查情况", on=DAY)
        with pytest.raises(NotPermitted):
            assess(check=check, has_passed=True, opinion="", on=DAY)
        with pytest.raises(NotPermitted):
            join_street(division_code=STREET, batch=1, on=DAY, document="自行纳入")
