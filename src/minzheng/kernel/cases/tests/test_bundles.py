"""Several departments' items applied for at once: one form, one case each, one view of them all."""

from __future__ import annotations

import importlib
from datetime import date

import pytest

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.bundles import bundle_progress
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, StillMissing
from minzheng.kernel.cases.models import Bundle, Case, Letter
from minzheng.kernel.cases.tests import steps, world
from minzheng.kernel.cases.tests.steps import fresh, service, waiting_jobs
from minzheng.kernel.items import forget_items, listed_item_packages

ON, LATER = world.ON, date(2022, 9, 28)
TEXT = """\
defaults: {department: 民政, group: 社会救助, source: 某条例, provenance: illustrative}
items:
  - code: joint_marry
    since: 2022-01-01
    name: 婚姻登记 / Marriage
    like: street_decides
    basis: [某条例 第一条]
    fields: [name, phone]
    materials: [{code: photo, name: 合影照片 / Photograph}]
    result: {status: 已婚 / Married}
  - code: joint_hukou
    since: 2022-01-01
    name: 户口迁移 / Move of hukou
    like: pass_on_to_department
    department: 公安
    basis: [某条例 第二条]
    fields: [phone, {name: spouse, label: 配偶姓名 / Spouse}]
    result: {registration: 户口 / Hukou}
  - code: joint_birth
    since: 2022-01-01
    name: 生育登记 / Birth
    like: street_decides
    basis: [某条例 第三条]
    fields: [phone, {name: child, label: 子女姓名 / Child}]
    result: {status: 生育登记 / Registered}
joined:
  - code: family
    name: 公民婚育一件事 / Founding a family
    basis: [{text: 某条例, source: 某条例, provenance: illustrative}]
    fields: [phone, {name: spouse, label: 配偶姓名 / Spouse}, {name: child, label: 子女姓名 / Child, required: no}]
    parts:
      - {item: joint_marry, shares: {phone: phone}}
      - {item: joint_hukou, shares: {phone: phone, spouse: spouse}}
      - {item: joint_birth, shares: {phone: phone, child: child}, after: joint_marry, optional: yes}
"""
SHARED = {"phone": "13800000000", "spouse": "王大明"}


@pytest.fixture
def person(db, tmp_path, monkeypatch, settings):
    folder = tmp_path / "items_of_bundles"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "service_items.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    settings.MINZHENG_ITEMS = ["items_of_bundles"]
    forget_items()
    assert "items_of_bundles" in listed_item_packages()
    yield world.poor_household()
    forget_items()


def opened(person, **other) -> Bundle:
    with acting_as_resident(person.pk):
        return actions.open_bundle(
            **{"code": "family", "person": person.pk, "answers": SHARED, "on": ON, "channel": "online"}
            | other
        )


def part(bundle: Bundle, item: str) -> Case:
    with acting_as_service("test"):
        return Case.objects.get(bundle_id=bundle.pk, bundle_part=item)


def submitted(person, **other) -> Bundle:
    made = opened(person, **other)
    with acting_as_resident(person.pk):
        actions.submit_bundle(bundle=made, on=ON)
    for item in ("joint_marry", "joint_hukou"):
        service(actions.take_in, case=part(made, item), on=ON)
    return made


def end_marriage(bundle: Bundle, outcome: str) -> None:
    case = part(bundle, "joint_marry")
    with acting(make_post("centre_clerk", world.CHONGMING)):
        steps.bring_papers(case)
        actions.accept(case=case, on=ON)
    with acting(make_post("street_officer", world.CHONGMING)):
        actions.decide(
            case=case,
            outcome=outcome,
            reason="不符合登记条件" if outcome == "refused" else "符合条件",
            on=LATER,
        )
    [job] = waiting_jobs("cases.bundle_part")[-1:]
    assert job == {"case_id": case.pk, "on": "2022-09-28"}
    service(actions.part_ended, case=case, on=LATER)


def test_shared_answers_are_filled_in_once_and_stand_in_every_part(person):
    made = opened(person)
    told = {item: part(made, item).answers for item in ("joint_marry", "joint_hukou", "joint_birth")}
    assert {answers["phone"]["value"] for answers in told.values()} == {"13800000000"}
    assert told["joint_hukou"]["spouse"]["value"] == "王大明" and "spouse" not in told["joint_marry"]
    with acting_as_resident(person.pk):
        actions.share_answers(bundle=made, answers={"phone": "13900000000"}, on=ON)
    assert part(made, "joint_birth").answers["phone"]["value"] == "13900000000"


def test_a_form_sent_twice_is_one_application(person):
    assert opened(person, key="f1") == opened(person, key="f1")
    assert opened(person, key="f2") != opened(person, key="f1")
    with acting_as_service("test"):
        assert Case.objects.count() == 6


def test_all_parts_that_can_be_sent_are_sent_or_none(person):
    made = opened(person, answers={"phone": "13800000000"})
    with acting_as_resident(person.pk):
        with pytest.raises(StillMissing) as refusal:
            actions.submit_bundle(bundle=made, on=ON)
        assert [word for word in refusal.value.missing if "户口迁移" in word and "配偶姓名" in word]
        assert not [word for word in refusal.value.missing if "生育" in word]
    assert {part(made, item).state for item in ("joint_marry", "joint_hukou", "joint_birth")} == {"draft"}
    with acting_as_resident(person.pk):
        actions.share_answers(bundle=made, answers={"spouse": "王大明"}, on=ON)
        actions.submit_bundle(bundle=made, on=ON)
        actions.submit_bundle(bundle=made, on=ON)
    assert [part(made, item).state for item in ("joint_marry", "joint_hukou", "joint_birth")] == [
        "submitted", "submitted", "draft",
    ]  # fmt: skip


def test_each_part_has_its_own_office_and_clock_and_one_view_shows_them_all(
    person, django_assert_num_queries
):
    made = submitted(person)
    with acting_as_resident(person.pk), django_assert_num_queries(3):
        seen = bundle_progress(made)
    marry, hukou, birth = seen.parts
    # Five working days after Monday 26 September: 27-30 (4), and Saturday 8 October, worked in for the holiday (5).
    assert marry.office.endswith(("镇人民政府", "街道办事处")) and marry.case.due_on == date(2022, 10, 8)
    assert hukou.case.due_on == date(2022, 9, 27)
    assert birth.waits_for.code == "joint_marry" and not birth.is_stopped and birth.case.due_on is None
    assert not seen.is_ended and seen.granted == 0


def test_the_next_part_is_sent_when_the_earlier_one_ended_well(person):
    made = submitted(person, answers=SHARED | {"child": "王小明"})
    end_marriage(made, "granted")
    birth = part(made, "joint_birth")
    assert birth.state == "submitted" and birth.due_on is not None and birth.submitted_on == LATER
    service(actions.part_ended, case=part(made, "joint_marry"), on=LATER)
    assert fresh(birth).version == birth.version


def test_a_part_whose_answers_are_not_whole_stays_and_its_applicant_is_told(person):
    made = submitted(person)
    end_marriage(made, "granted")
    birth = part(made, "joint_birth")
    assert birth.state == "draft"
    with acting_as_resident(person.pk):
        [letter] = Letter.objects.filter(case=birth)
        assert letter.kind == "joined" and "子女姓名" in str(letter.content)
        actions.save_answers(case=birth, values={"child": "王小明"}, on=LATER)
        assert actions.submit(case=birth, on=LATER).state == "submitted"


def test_a_refusal_leaves_the_others_alone_and_tells_those_that_waited(person):
    made = submitted(person, answers=SHARED | {"child": "王小明"})
    end_marriage(made, "refused")
    assert part(made, "joint_hukou").state == "submitted" and part(made, "joint_birth").state == "draft"
    with acting_as_resident(person.pk):
        seen = bundle_progress(made)
        assert [one.is_stopped for one in seen.parts] == [False, False, True]
        assert Letter.objects.get(case=part_of(seen, "joint_birth")).kind == "joined"
    service(actions.part_ended, case=part(made, "joint_marry"), on=LATER)
    with acting_as_service("test"):
        assert Letter.objects.filter(kind="joined").count() == 1


def part_of(seen, item):
    return next(one.case for one in seen.parts if one.item.code == item)


def test_a_part_taken_back_tells_those_that_waited_too(person):
    made = submitted(person)
    marry = part(made, "joint_marry")
    with acting_as_resident(person.pk):
        actions.withdraw(case=marry, on=LATER)
    assert waiting_jobs("cases.bundle_part")
    service(actions.part_ended, case=part(made, "joint_marry"), on=LATER)
    with acting_as_service("test"):
        assert "已撤回" in str(Letter.objects.get(kind="joined").content)


def test_a_waiting_part_outlives_the_clearing_of_drafts_while_what_it_waits_for_is_open(person):
    made = submitted(person)
    later = date(2023, 2, 1)
    service(actions.clear_drafts, on=later)
    assert part(made, "joint_birth").state == "draft"
    alone = opened(person)
    service(actions.clear_drafts, on=later)
    assert part(alone, "joint_birth").state == "abandoned"


def test_optional_parts_are_left_out_and_what_does_not_exist_is_refused(person):
    made = opened(person, parts=["joint_marry"])
    with acting_as_resident(person.pk):
        assert [one.item.code for one in bundle_progress(made).parts] == ["joint_marry", "joint_hukou"]
    for words in ({"code": "nothing"}, {"parts": ["joint_divorce"]}, {"answers": {"shoe": 1}}):
        with pytest.raises(CaseError):
            opened(person, **words)


def test_another_resident_neither_sees_nor_joins_the_application(person):
    other = world.poor_household(serial=8, name="别人", household="H100009")
    made = opened(person)
    with acting_as_resident(other.pk):
        with pytest.raises(CaseNotFound):
            bundle_progress(made)
        with pytest.raises(CaseNotFound):
            actions.submit_bundle(bundle=made, on=ON)
        with pytest.raises(CaseNotFound):
            actions.open_bundle(code="family", person=person.pk, answers=SHARED, on=ON, channel="online")
