"""Booking a place: never sold twice, one open booking for a number, released at its hour, taken back whole."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.permissions import permissions_of, roles
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.actions import Told
from minzheng.kernel.bookings.errors import (
    BookingRefused,
    NoSuchBooking,
    NotReleased,
    OneBookingOnly,
    SlotFull,
)
from minzheng.kernel.bookings.migrations import _sql
from minzheng.kernel.bookings.models import (
    HOLDS_A_PLACE,
    HOPES,
    MOVES,
    OPEN,
    Booking,
    BookingState,
    Notice,
    Party,
    Slot,
)
from minzheng.kernel.bookings.tests.conftest import (
    DAY,
    PUTUO,
    TODAY,
    XUHUI,
    at,
    books,
    make_office,
    make_person,
    new_number,
    slots_of,
    told,
)  # fmt: skip

_S = BookingState


def taken(slot: Slot) -> int:
    return Slot.objects.values_list("taken", flat=True).get(pk=slot.pk)


# ── the places ──


def test_the_week_offers_half_hours_and_closes_on_weekends_and_public_holidays(office):
    assert [f"{s.starts:%H:%M}" for s in slots_of(office)] == ["09:00", "09:30", "10:00", "10:30"]
    assert not slots_of(office, date(2022, 8, 13))  # a Saturday
    with acting_as_service("test"):
        actions.open_slots(at=at("01:00", date(2022, 9, 5)), calendars=[office.pk])
    assert not slots_of(office, date(2022, 10, 3))  # National Day
    assert slots_of(office, date(2022, 10, 8))  # a Saturday worked instead, with Monday's hours


def test_the_last_place_is_sold_once_and_comes_back_when_cancelled(office):
    slot = slots_of(office)[0]
    first, second, third = (make_person() for _ in range(3))
    books(first, slot)
    held = books(second, slot)
    with pytest.raises(SlotFull, match="刚刚约满"):
        books(third, slot)
    with acting_as_resident(second.pk):
        actions.cancel(booking=held, at=at())
        actions.cancel(booking=held, at=at())
    assert taken(slot) == 1
    assert books(third, slot).state == _S.BOOKED


def test_raw_sql_sells_no_place_beyond_the_last(office):
    slot = slots_of(office)[0]
    for _ in range(2):
        books(make_person(), slot)
    with acting_as_service("test"):
        with pytest.raises(IntegrityError, match="约满"), transaction.atomic():
            Booking.objects.create(
                slot=slot, calendar=office, day=DAY, starts=slot.starts, item="visit", code="1"
            )
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Slot.objects.filter(pk=slot.pk).update(taken=0)


def test_pressing_book_twice_books_once(office):
    person, slot = make_person(), slots_of(office)[1]
    assert books(person, slot, key="press") == books(person, slot, key="press")
    assert taken(slot) == 1


# ── one open booking ──


def test_both_numbers_hold_one_booking_only_whoever_of_the_two_books(office):
    anna, ben, carl = make_person("安娜"), make_person("本"), make_person("卡尔")
    slots = slots_of(office)
    made = books(anna, slots[0], told(ben))
    for booker, partner in ((anna, told(carl)), (carl, told(ben)), (ben, told(anna))):
        with pytest.raises(OneBookingOnly, match="只能持有一个"):
            books(booker, slots[1], partner)
    assert taken(slots[1]) == 0, "a refused booking takes no place"
    with acting_as_resident(ben.pk):
        actions.cancel(booking=made, at=at())
    assert books(carl, slots[1], told(ben)).state == _S.BOOKED


def test_a_partner_who_is_in_no_register_holds_one_booking_only_too(office):
    elsewhere = Told("外省合成", new_number())
    books(make_person(), slots_of(office)[0], elsewhere)
    with pytest.raises(OneBookingOnly):
        books(make_person(), slots_of(office)[1], elsewhere)


def test_one_number_holds_one_booking_in_the_whole_city_and_one_more_for_another_purpose(office):
    from minzheng.kernel.bookings.purposes import Item, Purpose, register_purpose

    register_purpose(Purpose("grave", "试验墓园", "a cemetery of tests", (Item("visit", "参观", "a visit"),)))
    person = make_person()
    books(person, slots_of(office)[0])
    with pytest.raises(OneBookingOnly):
        books(person, slots_of(make_office(XUHUI))[0])
    assert books(person, slots_of(make_office(purpose="grave"))[0]).state == _S.BOOKED


def test_a_booking_that_is_done_or_was_not_taken_up_stands_in_nobodys_way(office):
    person, registrar = make_person(), make_post("marriage_registrar", PUTUO)
    made = books(person, slots_of(office)[0])
    with acting(registrar):
        actions.arrive(booking=made, at=at("08:50", DAY))
        actions.finish(booking=made, at=at("09:20", DAY))
    again = books(person, slots_of(office)[1])
    with acting(registrar):
        actions.mark_no_show(booking=again, at=at("10:30", DAY))
    assert books(person, slots_of(office)[3]).state == _S.BOOKED


def test_the_number_is_kept_as_a_hash_and_never_in_clear(office):
    partner = Told("外省合成", new_number())
    made = books(make_person(), slots_of(office)[0], partner)
    with acting_as_service("test"):
        rows = list(made.parties.order_by("position").values())
        assert all(partner.number not in str(value) for value in rows[1].values())
        assert rows[1]["number"] == "" and len(rows[1]["identifier_hash"]) == 64
        assert rows[1]["number_shown"] == partner.number[:3] + "*" * 11 + partner.number[-4:]
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("SELECT key FROM bookings_secret")


def test_a_partner_named_with_somebody_elses_number_is_refused(office):
    known = make_person("程合成")
    with pytest.raises(BookingRefused, match="姓名与证件号码不符"):
        books(make_person(), slots_of(office)[0], Told("别人", told(known).number))


@pytest.mark.parametrize(
    ("partner", "words"),
    [
        (Told("合成", "310197199001010011"), "校验位不符"),
        (Told("合成", "3101971990"), "位数不对"),
        (Told(" ", new_number()), "缺少姓名"),
    ],
)
def test_a_number_that_cannot_be_right_is_refused_with_the_person_it_belongs_to(office, partner, words):
    with pytest.raises(BookingRefused, match=rf"第 2 名.*{words}"):
        books(make_person(), slots_of(office)[0], partner)


def test_what_two_come_for_is_not_booked_by_one_nor_with_oneself_twice(office):
    person = make_person()
    with acting_as_resident(person.pk):
        me = actions.told_of(person.pk)
        for parties, words in (([me], "需填写 2 名"), ([me, me], "号码相同")):
            with pytest.raises(BookingRefused, match=words):
                actions.book(slot=slots_of(office)[0], item="pair", parties=parties, at=at())


# ── release ──


def test_places_are_released_thirty_days_ahead_at_nine(office):
    slot = slots_of(office, date(2022, 9, 7))[0]  # thirty days after TODAY
    with pytest.raises(NotReleased, match="2022-08-08 09:00"):
        books(make_person(), slot, when=at("08:59"))
    assert books(make_person(), slot, when=at("09:00")).state == _S.BOOKED
    later = slots_of(office, date(2022, 9, 8))[0]
    with pytest.raises(BookingRefused, match="不能约 2022-09-08"):
        books(make_person(), later, when=at("10:00"))


def test_online_one_books_from_tomorrow_on_and_at_the_office_for_today(office):
    today = slots_of(office, TODAY)[3]
    with pytest.raises(BookingRefused, match="可约 2022-08-09"):
        books(make_person(), today, when=at("08:00"))
    assert books(make_person(), slots_of(office, date(2022, 8, 9))[0]).state == _S.BOOKED
    with acting(make_post("marriage_registrar", PUTUO)):
        made = actions.book(
            slot=today,
            item="visit",
            parties=[Told("电话合成", new_number())],
            at=at("08:00"),
            channel="phone",
        )
    assert (made.channel, made.requested_by_id) == ("phone", None)


def test_two_no_shows_pause_online_booking_for_thirty_days_but_not_at_the_office(office):
    person, post = make_person(), make_post("marriage_registrar", PUTUO)
    for day in (date(2022, 8, 9), date(2022, 8, 10)):
        made = books(person, slots_of(office, day)[0])
        with acting(post):
            actions.mark_no_show(booking=made, at=at("12:00", day))
        if day.day == 9:
            assert books(person, slots_of(office)[0]).pk, "one is no reason yet"
            with acting_as_resident(person.pk):
                actions.cancel(booking=Booking.objects.get(state=_S.BOOKED), at=at())
    slot = slots_of(office, date(2022, 9, 13))[0]  # the 12th is Mid-Autumn
    with pytest.raises(BookingRefused, match="暂停至 2022-09-09"):
        books(person, slot, when=at("10:00", date(2022, 9, 9)))
    with acting(post):
        made = actions.book(
            slot=slot, item="visit", parties=[told_by(person)], at=at("10:00", date(2022, 9, 9))
        )
        actions.cancel(booking=made, at=at("10:00", date(2022, 9, 9)))
    assert books(person, slot, when=at("10:00", date(2022, 9, 10))).state == _S.BOOKED


def told_by(person):
    return actions.told_of(person.pk)


# ── special days ──


def test_a_special_day_has_its_own_places_on_a_weekend_too_and_a_closed_one_takes_bookings_back(office):
    head, saturday = make_post("marriage_office_head", PUTUO), date(2022, 8, 13)
    made = books(make_person(), slots_of(office)[0])
    with acting(head):
        actions.set_special_day(
            calendar=office, day=saturday, reason="好日子", places=5, opens=time(9), closes=time(10), at=at()
        )
        assert actions.set_special_day(calendar=office, day=DAY, reason="系统升级", at=at()) == 1
        made.refresh_from_db()
    assert [(f"{s.starts:%H:%M}", s.places) for s in slots_of(office, saturday)] == [
        ("09:00", 5),
        ("09:30", 5),
    ]
    assert made.state == _S.WITHDRAWN and all(s.places == 0 for s in slots_of(office))
    with pytest.raises(SlotFull):
        books(make_person(), slots_of(office)[1])


def test_a_slot_never_gets_fewer_places_than_are_taken(office):
    slot = slots_of(office)[0]
    books(make_person(), slot)
    with acting(make_post("marriage_office_head", PUTUO)):
        with pytest.raises(BookingRefused, match="已约 1 个"):
            actions.set_places(slot=slot, places=0, at=at())
        assert actions.set_places(slot=slot, places=1, at=at()).places == 1
    with acting_as_service("test"):
        actions.set_hours(calendar=office, hours=[(4, time(9), time(9, 30), 1)])
        actions.open_slots(at=at(), calendars=[office.pk])
    assert [s.places for s in slots_of(office)] == [1, 0, 0, 0]


@pytest.mark.parametrize(
    "hours", [[(0, time(9), time(9), 1)], [(0, time(9), time(11), 1), (0, time(10, 30), time(12), 1)]]
)
def test_hours_that_are_empty_or_overlap_are_refused(office, hours):
    with acting(make_post("marriage_office_head", PUTUO)), pytest.raises(BookingRefused, match="重叠"):
        actions.set_hours(calendar=office, hours=hours)


# ── the day at the office ──


def test_numbers_of_a_day_are_given_in_the_order_of_arrival(office):
    post = make_post("marriage_registrar", PUTUO)
    early, late = (books(make_person(), slots_of(office)[place]) for place in (0, 1))
    with acting(post):
        with pytest.raises(BookingRefused, match="不是今天"):
            actions.arrive(booking=late, at=at("09:00", TODAY))
        assert actions.arrive(booking=late, at=at("08:40", DAY)).queue_number == 1
        assert actions.arrive(booking=early, at=at("08:45", DAY)).queue_number == 2
        assert actions.arrive(booking=late, at=at("08:50", DAY)).queue_number == 1, (
            "pressed twice, one number"
        )


def test_not_having_come_is_noted_when_the_time_allowed_is_over_and_taken_back_when_they_come(office):
    post, made = make_post("marriage_registrar", PUTUO), books(make_person(), slots_of(office)[0])
    with acting(post):
        assert actions.note_no_shows(calendar=office, at=at("09:59", DAY)) == 0
        with pytest.raises(BookingRefused, match="10:00 才算逾时"):
            actions.mark_no_show(booking=made, at=at("09:59", DAY))
        assert actions.note_no_shows(calendar=office, at=at("10:00", DAY)) == 1
        assert actions.arrive(booking=made, at=at("10:05", DAY)).state == _S.ARRIVED
        with pytest.raises(BookingRefused, match="不能取消"):
            actions.cancel(booking=made, at=at("10:06", DAY))


def test_the_night_ends_the_day_before(office):
    post = make_post("marriage_registrar", PUTUO)
    came, missing = (books(make_person(), slots_of(office)[0]) for _ in range(2))
    with acting(post):
        actions.arrive(booking=came, at=at("09:00", DAY))
    with acting_as_service("test"):
        assert actions.settle_days(at=at("00:50", DAY + timedelta(days=1))) == (1, 1)
        assert set(Booking.objects.values_list("pk", "state")) == {(came.pk, "done"), (missing.pk, "no_show")}


def test_letters_of_the_day_are_written_once(office):
    made = books(make_person(), slots_of(office, date(2022, 8, 9))[0])
    with acting_as_service("test"):
        assert actions.write_notices(at=at("18:00")) == 1
        assert actions.write_notices(at=at("18:10")) == 0
        letter = Notice.objects.get()
    assert letter.booking_id == made.pk and "2022年8月9日 09:00" in letter.text and made.code in letter.text


# ── who sees and does what ──


def test_each_party_sees_the_booking_and_nobody_else_does(office):
    anna, ben, other = make_person("安娜"), make_person("本"), make_person()
    made = books(anna, slots_of(office)[0], told(ben))
    for person in (anna, ben):
        with acting_as_resident(person.pk):
            assert Booking.objects.get().pk == made.pk and Party.objects.count() == 2
    with acting_as_resident(other.pk):
        assert not Booking.objects.exists() and not Party.objects.exists()
        with pytest.raises(NoSuchBooking):
            actions.cancel(booking=made, at=at())
    assert not Booking.objects.exists(), "nobody acts"


def test_a_resident_books_nothing_they_do_not_come_to_themself(office):
    person, others = make_person(), [Told("甲合成", new_number()), Told("乙合成", new_number())]
    with acting_as_resident(person.pk), pytest.raises(NotPermitted):
        actions.book(slot=slots_of(office)[0], item="pair", parties=others, at=at())
    assert taken(slots_of(office)[0]) == 0


def test_a_resident_cannot_note_arrivals_or_rewrite_a_booking_by_raw_sql(office):
    person = make_person()
    made = books(person, slots_of(office)[0])
    with acting_as_resident(person.pk):
        for change in (
            {"state": "done"},
            {"state": "arrived"},
            {"slot": slots_of(office)[1]},
            {"code": "000000"},
            {"queue_number": 1},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                Booking.objects.filter(pk=made.pk).update(**change)
        for act in (actions.arrive, actions.finish, actions.mark_no_show):
            with pytest.raises((NotPermitted, DatabaseError)), transaction.atomic():
                act(booking=made, at=at("10:30", DAY))
        with pytest.raises(NotPermitted):
            actions.set_special_day(calendar=office, day=DAY, reason="x", at=at())


LOOKING = ("marriage_registrar", "marriage_office_head", "district_reviewer", "auditor")


@pytest.mark.parametrize("role", LOOKING)
def test_posts_of_the_district_see_its_bookings_and_other_districts_do_not(office, role):
    books(make_person(), slots_of(office)[0])
    with acting(make_post(role, PUTUO)):
        assert Booking.objects.count() == Party.objects.count() == 1
    with acting(make_post(role, XUHUI)):
        assert not Booking.objects.exists() and not Party.objects.exists()


def test_every_role_without_the_permission_sees_no_booking_and_does_nothing_with_one(office):
    made = books(make_person(), slots_of(office)[0])
    head_only = {"calendar": office, "day": DAY, "reason": "x"}
    for role in roles():
        if role == "service":
            continue
        with acting(make_post(role, PUTUO)):
            sees = Booking.objects.filter(pk=made.pk).exists()
            assert sees == ("bookings.look" in permissions_of(role)), role
            if "bookings.serve" not in permissions_of(role):
                for act in (actions.arrive, actions.cancel, actions.mark_no_show):
                    with pytest.raises((NotPermitted, NoSuchBooking)):
                        act(booking=made, at=at("10:30", DAY))
                with pytest.raises(NotPermitted):
                    actions.book(slot=slots_of(office)[0], item="visit", parties=[], at=at())
                if "bookings.manage" not in permissions_of(role):
                    assert not Booking.objects.filter(pk=made.pk).update(state="arrived")
            if "bookings.manage" not in permissions_of(role):
                with pytest.raises(NotPermitted):
                    actions.set_special_day(**head_only, at=at())
                with pytest.raises(DatabaseError), transaction.atomic():
                    Slot.objects.create(
                        calendar=office, day=date(2022, 8, 20), starts=time(9), places=9, opens_at=at()
                    )
                assert not Slot.objects.filter(calendar=office).update(places=9)


def test_another_districts_registrar_serves_nobody_here(office):
    made = books(make_person(), slots_of(office)[0])
    with acting(make_post("marriage_registrar", XUHUI)):
        with pytest.raises(NoSuchBooking):
            actions.arrive(booking=made, at=at("09:00", DAY))
        with pytest.raises(NotPermitted):
            actions.note_no_shows(calendar=office, at=at("12:00", DAY))


def test_a_post_of_one_office_sees_that_office_alone_though_its_place_is_the_city(office):
    from minzheng.kernel.facilities.actions import attach_post

    city = make_office("310000")
    books(make_person(), slots_of(office)[0])
    made = books(make_person(), slots_of(city)[0])
    post = make_post("marriage_registrar", "310000")
    with acting_as_service("test"):
        attach_post(post=post, facility=city.facility)
    with acting(post):
        assert list(Booking.objects.values_list("pk", flat=True)) == [made.pk]


# ── the tables that stand twice ──


def test_the_database_holds_the_same_tables_as_the_code():
    def words(states) -> set[str]:
        return set(states)

    def of_sql(text: str) -> set[str]:
        return {word.strip(" ()'") for word in text.split(",")}

    assert set(_sql.MOVES.split()) == {f"{old}>{new}" for old, news in MOVES.items() for new in news}
    assert of_sql(_sql.HOLDS_A_PLACE) == words(HOLDS_A_PLACE)
    assert of_sql(_sql.OPEN) == words(OPEN)
    assert of_sql(_sql.HOPES) == words(HOPES)
    for permission, listed in (("look", _sql.LOOK), ("serve", _sql.SERVE), ("manage", _sql.MANAGE)):
        assert set(listed) == {role for role in roles() if f"bookings.{permission}" in permissions_of(role)}
