"""The queue: confirmed by what the registers show, explained to each, offered in order, passed on with reasons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.domains.eldercare_beds import beds, queries
from minzheng.domains.eldercare_beds.errors import BedsRefused
from minzheng.domains.eldercare_beds.tests.town import ON, XUHUI
from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays import actions as stays
from minzheng.kernel.stays import offers, runs, waiting
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Bed, Stay
from minzheng.kernel.stays.models_waiting import Choice, Offer, Passing, Waiting
from minzheng.kernel.stays.waiting import rules_on

RULES = rules_on(ON)
LATE = ON + timedelta(int(RULES.reply_days) + 1)


def test_only_the_assessed_apply_and_only_for_homes_of_the_pool(town) -> None:
    person = town.elder()
    with acting_as_resident(person.pk), pytest.raises(BedsRefused, match="评估"):
        beds.apply(person=person, kind="basic", homes=[town.near.pk], on=ON)
    town.graded(person, 4)
    with acting_as_resident(person.pk):
        for homes in ([], [town.near.pk] * 2, [town.near.pk, 10**6], list(range(1, 8))):
            with pytest.raises(StayRefused):
                beds.apply(person=person, kind="basic", homes=homes, on=ON)
        with pytest.raises(BedsRefused):
            beds.apply(person=person, kind="market", homes=[town.near.pk], on=ON)
        with pytest.raises(BedsRefused, match="确诊"):
            beds.apply(person=person, kind="dementia", homes=[town.near.pk], on=ON)
        one = beds.apply(person=person, kind="basic", homes=[town.near.pk], on=ON)
        assert beds.apply(person=person, kind="basic", homes=[town.far.pk], on=ON).pk == one.pk
    stranger = town.elder("别人")
    town.graded(stranger, 4)
    with acting_as_resident(stranger.pk):
        with pytest.raises(BedsRefused):
            beds.apply(person=person, kind="basic", homes=[town.near.pk], on=ON)
        with pytest.raises(NotPermitted):
            waiting.apply_for_bed(person=person, kind="basic", homes=[town.near.pk], on=ON)


def test_class_and_grade_come_from_the_registers_whatever_the_applicant_writes(town) -> None:
    person = town.elder()
    town.graded(person, 3)
    one = town.waits(person, town.near)
    assert (one.state, one.class_code, one.rank, one.grade, one.since) == ("waiting", "general", 5, 3, ON)
    with acting_as_resident(person.pk):
        for change in (
            {"rank": 0},
            {"grade": 6},
            {"since": date(2000, 1, 1)},
            {"goes_before_all": True},
            {"state": "placed"},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                Waiting.objects.filter(pk=one.pk).update(**change)
    sly = town.elder("另一位")
    with acting_as_resident(sly.pk):
        made = Waiting.objects.create(
            person=sly, division_code=XUHUI, sex=1, kind="basic", class_code="extreme_poverty", rank=0, grade=6,
            since=date(2000, 1, 1), submitted_on=ON, state="waiting", goes_before_all=True,
        )  # fmt: skip
    made = town.fresh(made)
    assert (made.state, made.rank, made.grade, made.since, made.goes_before_all) == (
        "submitted",
        99,
        0,
        ON,
        False,
    )


@pytest.mark.parametrize(
    ("grade", "local", "state"), [(2, True, "rejected"), (3, True, "waiting"), (6, False, "rejected")]
)
def test_a_basic_bed_needs_grade_three_and_local_registration(town, grade, local, state) -> None:
    person = town.elder(local=local)
    town.graded(person, grade)
    one = town.waits(person, town.near)
    assert one.state == state and (state == "waiting" or one.ended_because)


def test_a_class_by_paper_waits_for_an_official_who_has_seen_it(town) -> None:
    with_paper = town.elder_waiting("优抚一", 2, town.near, claimed="preferential")
    without = town.elder_waiting("优抚二", 2, town.near, claimed="preferential")
    fallen = town.elder_waiting("优抚三", 3, town.near, claimed="preferential")
    assert {with_paper.state, without.state, fallen.state} == {"submitted"}
    with acting(town.clerk), pytest.raises(NotPermitted):
        beds.confirm_paper(waiting_id=with_paper.pk, accepts=True, on=ON)
    with acting(town.district):
        assert beds.confirm_paper(waiting_id=with_paper.pk, accepts=True, on=ON).class_code == "preferential"
        assert beds.confirm_paper(waiting_id=without.pk, accepts=False, on=ON).state == "rejected"
        assert beds.confirm_paper(waiting_id=fallen.pk, accepts=False, on=ON).class_code == "general"


def test_everybody_sees_their_place_and_in_words_without_names_why_others_go_first(town) -> None:
    sick = town.elder_waiting("确诊者", 1, town.near, diagnosed=True)
    high = town.elder_waiting("等级高者", 5, town.near, town.far)
    early = town.elder_waiting("早申请者", 3, town.near, on=ON - timedelta(30))
    me = town.elder_waiting("本人", 3, town.far, town.near)
    town.elder_waiting("后来者", 3, town.near, on=ON + timedelta(1))
    town.elder_waiting("男性", 6, town.near, sex=1)
    with acting_as_resident(me.person_id):
        far, near = queries.places(me.pk)
        assert (far.choice, far.place, far.grade) == (1, 2, 1)
        # The beds of the near home are for both, so a man of a higher grade stands before as well.
        assert (near.place, near.higher_class, near.grade, near.since, near.behind) == (5, 1, 2, 1, 1)
        rows = queries.ahead(me.pk, town.near.pk)
        assert [(row.class_code, row.grade, row.why) for row in rows] == [
            ("cognitive", 1, "class"), ("general", 6, "grade"), ("general", 5, "grade"), ("general", 3, "since"),
        ]  # fmt: skip
        assert (
            not Waiting.objects.exclude(pk=me.pk).exists()
            and not Person.objects.exclude(pk=me.person_id).exists()
        )
    with acting_as_resident(high.person_id):
        assert queries.places(me.pk) == [] and queries.ahead(me.pk, town.near.pk) == []
    with acting(town.other):
        assert queries.places(sick.pk) == [], "another district's official asks in vain"
    with acting(town.district):
        assert len(queries.places(early.pk)) == 1


def test_a_home_with_beds_for_women_has_a_queue_of_women(town) -> None:
    home, _ = town.home("女床养老院", "310107014", 1, sex=2)
    town.elder_waiting("男性", 6, home, sex=1)
    me = town.elder_waiting("本人", 3, home)
    with acting_as_resident(me.person_id):
        assert queries.places(me.pk)[0].place == 1
    town.night()
    assert [(o.waiting_id, o.state) for o in town.offers()] == [(me.pk, "open")]
    with acting_as_service("test"):
        assert [(p.reason, p.waiting.grade) for p in Passing.objects.select_related("waiting")] == [
            ("sex", 6)
        ]


def test_own_district_goes_first_where_a_home_says_so(town) -> None:
    stranger = town.elder_waiting("普陀老人", 6, town.far)
    own = town.elder_waiting("徐汇老人", 3, town.far, place=XUHUI)
    with acting_as_resident(stranger.person_id):
        assert (queries.places(stranger.pk)[0].place, queries.places(stranger.pk)[0].district) == (2, 1)
    town.night()
    assert [o.waiting_id for o in town.offers()] == [own.pk]


def test_a_freed_bed_is_offered_accepted_reserved_and_moved_into(town) -> None:
    first = town.elder_waiting("第一", 5, town.near)
    town.night()
    (offer,) = town.offers()
    assert (offer.waiting_id, offer.choice, offer.reply_by) == (
        first.pk,
        1,
        ON + timedelta(int(RULES.reply_days)),
    )
    assert town.fresh(first).state == "offered"
    town.night()
    assert len(town.offers()) == 1, "the same night twice offers nothing more"
    done = town.reply(offer, True)
    assert done.stay.state == "planned" and town.fresh(first).state == "placed"
    assert town.reply(offer, True).stay_id == done.stay_id, "a second click changes nothing"
    with acting_as_service("test"):
        assert done.stay.occupant.entitlement == "grade" and done.stay.occupant.paper == first.number
    with acting(town.manager(town.near)):
        assert not Waiting.objects.exists(), "a home sees no queue"
        assert Offer.objects.count() == 1
        stays.admit_planned(stay=Stay.objects.get(), on=ON + timedelta(1))
    ended = town.fresh(first)
    assert (ended.state, ended.ended_because, ended.ended_on) == ("admitted", "offer", ON + timedelta(1))


@pytest.mark.parametrize("silent", [False, True])
def test_refusal_or_silence_passes_the_bed_on_with_a_pause_and_the_log_says_why(town, silent) -> None:
    home, (bed,) = town.home("一床养老院", "310107014", 1)
    first, second = town.elder_waiting("第一", 5, home), town.elder_waiting("第二", 3, home)
    town.night()
    (offer,) = town.offers()
    assert offer.waiting_id == first.pk
    if silent:
        with acting_as_resident(first.person_id), pytest.raises(StayRefused, match="期限"):
            offers.reply(offer=offer, accepts=True, on=LATE)
        assert town.night(LATE)["expired"] == 1
    else:
        town.reply(offer, False)
    on = LATE if silent else ON
    let_go, passed_on = town.offers(bed=bed)
    assert (let_go.state, passed_on.waiting_id, passed_on.state) == (
        "expired" if silent else "refused",
        second.pk,
        "open",
    )
    one = town.fresh(first)
    assert (one.state, one.refusals, one.paused_until) == (
        "waiting",
        1,
        on + timedelta(int(RULES.pause_days)),
    )
    with acting_as_service("test"):
        assert [p.reason for p in Passing.objects.filter(offer=passed_on)] == ["paused"]
    with acting_as_resident(first.person_id):
        assert [(g.why, g.class_code, g.grade) for g in queries.given(first.pk)] == [("paused", "general", 3)]
        with pytest.raises(StayRefused):
            offers.reply(offer=offer, accepts=True, on=ON)


def test_the_last_day_still_counts_and_the_day_after_does_not(town) -> None:
    one = town.elder_waiting("第一", 5, town.near)
    town.night()
    (offer,) = town.offers()
    assert town.night(offer.reply_by)["expired"] == 0
    assert town.reply(offer, True, on=offer.reply_by).state == "accepted"
    assert town.fresh(one).state == "placed"


def test_after_the_last_let_go_offer_one_leaves_the_queue(town) -> None:
    home, _ = town.home("一床养老院", "310107014", 1)
    one, on = town.elder_waiting("第一", 5, home), ON
    for times in range(1, int(RULES.refusals_allowed) + 1):
        town.night(on)
        offer = town.offers(waiting=one, state="open")[0]
        town.reply(offer, False, on=on)
        assert town.fresh(one).refusals == times
        on += timedelta(int(RULES.pause_days))
    assert (town.fresh(one).state, town.fresh(one).ended_because) == ("removed", "refusals")


def test_death_admission_elsewhere_and_withdrawal_leave_the_queue_and_free_the_offer(town) -> None:
    people = [town.elder_waiting(f"老人{n}", 5, town.near) for n in range(4)]
    town.night()
    dead, moved_in = (o.waiting for o in town.offers())
    with acting_as_service("test"):
        Person.objects.filter(pk=dead.person_id).update(death_date=ON)
        stays.admit(person_id=moved_in.person_id, bed=Bed.objects.get(facility=town.far), on=ON)
    last = people[-1]
    with acting_as_resident(last.person_id):
        beds.withdraw(waiting_id=last.pk, on=ON)
        assert beds.withdraw(waiting_id=last.pk, on=ON).ended_because == "withdrawn"
    told = town.night()
    assert (told["removed"], told["offered"]) == (1, 1)
    assert [town.fresh(one).ended_because for one in (dead, moved_in, last)] == [
        "deceased",
        "elsewhere",
        "withdrawn",
    ]
    assert sorted(o.state for o in town.offers()) == ["open", "withdrawn", "withdrawn"]


def test_a_move_to_another_district_keeps_the_day_waiting_began(town) -> None:
    one = town.elder_waiting("搬家者", 3, town.far, on=ON - timedelta(100))
    with acting_as_service("test"):
        Person.objects.filter(pk=one.person_id).update(division_code=XUHUI)
    with acting(town.other):
        assert not Waiting.objects.filter(pk=one.pk).exists()
    town.night()
    with acting(town.other):
        seen = Waiting.objects.get(pk=one.pk)
    assert (seen.division_code, seen.since) == (XUHUI, ON - timedelta(100))
    with acting_as_service("test"), pytest.raises(DatabaseError), transaction.atomic():
        Waiting.objects.filter(pk=one.pk).update(since=date(2000, 1, 1))


def test_other_homes_may_be_named_while_waiting_and_not_while_a_bed_is_offered(town) -> None:
    one = town.elder_waiting("本人", 5, town.far)
    with acting_as_resident(one.person_id):
        waiting.change_homes(waiting=one.pk, homes=[town.near.pk, town.far.pk], on=ON)
        assert list(Choice.objects.values_list("rank", "facility_id")) == [
            (1, town.near.pk),
            (2, town.far.pk),
        ]
    town.night()
    with acting_as_resident(one.person_id):
        with pytest.raises(StayRefused):
            waiting.change_homes(waiting=one.pk, homes=[town.far.pk], on=ON)
        assert Choice.objects.filter(waiting=one).delete()[0] == 0


def test_a_bed_is_never_offered_twice_at_once_by_any_path(town) -> None:
    first, second = town.elder_waiting("一", 5, town.near), town.elder_waiting("二", 4, town.near)
    with acting_as_service("test"):
        bed = town.near_beds[0].pk
        offers.make_offers([(first.pk, bed, 1)], on=ON)
        with pytest.raises(IntegrityError), transaction.atomic():
            offers.make_offers([(second.pk, bed, 1)], on=ON)
        with pytest.raises(IntegrityError), transaction.atomic():
            offers.make_offers([(first.pk, town.near_beds[1].pk, 1)], on=ON)


def test_a_run_is_drafted_reviewed_by_another_and_issued_as_it_was_reviewed(town) -> None:
    people = [town.elder_waiting(f"老人{n}", 6 - n, town.near) for n in range(3)]
    stranger = town.elder_waiting("外区老人", 6, town.near, place=XUHUI)
    with acting(town.district):
        run = runs.draft_run(on=ON)
        assert (run.waiting_count, run.bed_count, run.given_count, run.first_choices) == (3, 2, 2, 2)
        with pytest.raises(StayRefused, match="本人"):
            runs.review_run(run=run, on=ON)
        with pytest.raises(StayRefused):
            runs.issue_run(run=run, on=ON)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE stays_allocationrun SET state = 'issued' WHERE id = %s", [run.pk])
    with acting(town.other), pytest.raises(StayRefused):
        runs.review_run(run=run, on=ON)
    with acting(town.second):
        runs.review_run(run=run, on=ON)
        made = runs.issue_run(run=run, on=ON)
    assert [one.waiting_id for one in made] == [people[0].pk, people[1].pk]
    assert town.fresh(stranger).state == "waiting" and town.fresh(run).state == "issued"


def test_a_run_whose_queue_has_changed_is_not_issued(town) -> None:
    town.elder_waiting("老人", 3, town.near)
    with acting(town.district):
        run = runs.draft_run(on=ON)
    with acting(town.second):
        runs.review_run(run=run, on=ON)
    town.elder_waiting("等级更高者", 6, town.near)
    with acting(town.second):
        with pytest.raises(StayRefused, match="重新拟制"):
            runs.issue_run(run=run, on=ON)
        assert runs.discard_run(run=run).state == "discarded"
    assert town.offers() == []


def test_the_pool_of_each_district_adds_up(town) -> None:
    for n, days in enumerate((10, 30, 90)):
        town.elder_waiting(f"老人{n}", 3, town.near, on=ON - timedelta(days))
    with acting_as_service("test"):
        stays.admit(person_id=town.elder("在住").pk, bed=town.near_beds[0], on=ON - timedelta(5))
    with acting(town.other):
        rows = {row.district: row for row in queries.pool(on=ON)}
    near, far = rows["310107"], rows["310104"]
    assert (near.homes, near.beds, near.occupied, near.waiting, near.median_wait(ON)) == (1, 2, 1, 3, 30)
    assert (near.occupancy_permille, far.beds, far.waiting, far.median_wait(ON)) == (500, 1, 0, None)
