"""The booking pages: a couple books on a phone, the office sees its day, who may not is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from minzheng.domains.marriage_registration.booking import Comer, book_marriage
from minzheng.domains.marriage_registration.offices import load_offices, marriage_calendars
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.models import Booking, Calendar, Draw, Slot
from minzheng.kernel.bookings.tests.conftest import PUTUO, XUHUI, make_person, new_number
from minzheng.kernel.people.models import Person
from minzheng.surfaces.web.marriage.booking_words import instant


@pytest.fixture
def office(db) -> Calendar:
    """The office of Putuo with the others; the day is the pages' own."""
    with acting_as_service("test"):
        load_offices(at=instant())
        return marriage_calendars().get(division_code=PUTUO)


@pytest.fixture
def resident(client):
    """`resident("name")` signs a new resident of Putuo in and returns their record."""

    def enter(name: str = "程合成") -> Person:
        person = make_person(name)
        with acting_as_service("test"):
            Person.objects.filter(pk=person.pk).update(
                hukou_division_code=f"{PUTUO}014001", hukou_is_local=True
            )
            open_resident_account(
                username=f"resident{person.pk}", password="Minzheng-2022", person_id=person.pk
            )
        client.force_login(User.objects.get(username=f"resident{person.pk}"))
        return person

    return enter


def free(office: Calendar) -> Slot:
    """A slot of a day from the day after tomorrow on: midnight may pass while the test runs."""
    return Slot.objects.filter(
        calendar=office, day__gt=instant().date() + timedelta(days=1), places__gt=0, opens_at__lte=instant()
    ).order_by("day", "starts")[0]  # fmt: skip


def partner(**other) -> dict:
    return {"name": "外省合成", "kind": "citizen", "number": new_number(), "hukou": "0", "item": "marry", "key": "k"} | other  # fmt: skip


def booked(office: Calendar, slot: Slot) -> Booking:
    with acting(make_post("marriage_registrar", PUTUO)):
        couple = [Comer("甲合成", new_number(), PUTUO), Comer("乙合成", new_number())]
        return book_marriage(slot=slot, item="marry", comers=couple, at=instant(), channel="phone")


def test_anybody_sees_the_offices_and_their_week_without_an_account(client, office):
    assert "请选择登记处" in client.get("/marriage/").text
    slot = free(office)
    page = client.get(f"/marriage/?office={office.pk}&item=marry&week={slot.day}").text
    assert f"余 {slot.places}" in page and f"/my/bookings/book/{slot.pk}/" in page
    booking = client.get(f"/my/bookings/book/{slot.pk}/?item=marry")
    assert booking.status_code == 302 and booking["Location"].startswith("/login/")
    for odd in ("?office=99999999", "?office=x&week=yesterday", f"?office={office.pk}&week=9999-12-31"):
        assert client.get(f"/marriage/{odd}").status_code == 200


def test_a_couple_books_once_sees_the_code_and_cancels(client, office, resident):
    person, slot = resident(), free(office)
    address = f"/my/bookings/book/{slot.pk}/?item=marry"
    assert "程**" in client.get(address).text
    told = partner()
    made = client.post(address, told, follow=True).text
    assert "预约成功" in made and told["number"] not in made and told["number"][-4:] in made
    assert "预约成功" in client.post(address, told, follow=True).text, "the same press again"
    other = client.post(address, partner(key="other"), follow=True).text
    assert "每个证件号码只能持有一个" in other
    with acting_as_service("test"):
        one = Booking.objects.get()
    assert one.requested_by_id == person.pk
    assert "取消" in client.get("/my/bookings/").text
    assert "已取消" in client.post(f"/my/bookings/{one.pk}/cancel/", follow=True).text
    assert Slot.objects.get(pk=slot.pk).taken == 0


def test_a_full_time_is_not_offered_for_booking_but_for_waiting(client, office, resident):
    slot = free(office)
    with acting_as_service("test"):
        Slot.objects.filter(pk=slot.pk).update(places=1)
    booked(office, slot)
    resident()
    assert "约满，可候补" in client.get(f"/marriage/?office={office.pk}&week={slot.day}").text
    answer = client.post(f"/my/bookings/book/{slot.pk}/?item=marry", partner(any_time="on"), follow=True).text
    assert "已加入候补" in answer


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": "310197199001010011"}, "证件号码有误"),
        ({"name": ""}, "对方姓名"),
        ({"kind": "passport", "number": "E1234567"}, "由市涉外婚姻登记处办理"),
    ],
)
def test_what_is_wrong_is_said_on_the_form_and_nothing_is_booked(client, office, resident, change, words):
    resident()
    slot = free(office)
    answer = client.post(f"/my/bookings/book/{slot.pk}/?item=marry", partner(**change), follow=True).text
    assert words in answer
    with acting_as_service("test"):
        assert not Booking.objects.exists()


def test_somebody_elses_booking_does_not_exist_for_a_resident(client, office, resident):
    one = booked(office, free(office))
    resident()
    assert client.get(f"/my/bookings/{one.pk}/").status_code == 404
    assert "没有编号" in client.post(f"/my/bookings/{one.pk}/cancel/", follow=True).text
    with acting_as_service("test"):
        one.refresh_from_db()
    assert one.state == "booked"


def test_the_office_sees_its_day_gives_numbers_and_notes_who_did_not_come(client, office):
    with acting_as_service("test"), connection.cursor() as cursor:
        # Open late today, whatever weekday or holiday it is.
        cursor.execute(
            """INSERT INTO bookings_slot (calendar_id, division_code, day, starts, places, opens_at, in_draw)
               VALUES (%s, '', %s, '23:29', 2, %s, false) RETURNING id""",
            [office.pk, instant().date(), instant() - timedelta(days=9)],
        )
        late = Slot.objects.get(pk=cursor.fetchone()[0])
    one = booked(office, late)
    client.force_login(make_post("marriage_registrar", PUTUO).official.user)
    page = client.get("/work/marriage/calendar/").text
    assert "到场取号" in page and "甲**、乙**" in page and one.code in page
    answer = client.post(f"/work/marriage/calendar/{one.pk}/arrive/", follow=True).text
    assert "到场序号 1" in answer and "办结" in answer
    assert client.post(f"/work/marriage/calendar/{one.pk}/dance/").status_code == 404
    client.post(f"/work/marriage/calendar/{one.pk}/finish/")
    with acting_as_service("test"):
        one.refresh_from_db()
    assert one.state == "done"


def test_a_registrar_books_by_telephone(client, office):
    slot = free(office)
    client.force_login(make_post("marriage_registrar", PUTUO).official.user)
    answer = client.post(
        "/work/marriage/calendar/book/",
        {
            "office": office.pk, "item": "marry", "slot": slot.pk, "channel": "phone", "name": "甲合成", "kind": "citizen",
            "number": new_number(), "hukou": PUTUO, "other_name": "乙合成", "other_kind": "citizen",
            "other_number": new_number(), "other_hukou": "0", "key": "k",
        },
        follow=True,
    ).text  # fmt: skip
    assert "预约码" in answer and "甲**、乙**" in answer


def test_the_head_sets_places_special_days_and_a_draw_that_everybody_can_check(client, office):
    slot, day = free(office), instant().date() + timedelta(days=20)
    client.force_login(make_post("marriage_office_head", PUTUO).official.user)
    base, given = "/work/marriage/calendar/days/", {"office": office.pk}
    assert "今后各日" in client.get(f"{base}?day={slot.day}").text
    client.post(f"{base}places/", given | {"slot": slot.pk, "places": 9})
    assert Slot.objects.get(pk=slot.pk).places == 9
    assert (
        "名额应为"
        in client.post(f"{base}places/", given | {"slot": slot.pk, "places": "many"}, follow=True).text
    )
    special = given | {"day": day, "reason": "热门日", "places": 6, "opens": "09:00", "closes": "11:00"}
    assert "特殊日已设定" in client.post(f"{base}special/", special, follow=True).text
    soon = instant() + timedelta(hours=1)
    plan = given | {"day": day, "entries_from": f"{soon:%Y-%m-%dT%H:%M}", "entries_until": f"{soon + timedelta(days=1):%Y-%m-%dT%H:%M}"}  # fmt: skip
    assert "抽签已公布" in client.post(f"{base}plan/", plan, follow=True).text
    draw = Draw.objects.get()
    assert "尚未截止" in client.post(f"{base}draw/", given | {"draw": draw.pk}, follow=True).text
    with acting_as_service("test"):
        actions.draw(draw=draw, at=draw.entries_until)
    client.logout()
    page = client.get(f"/marriage/draws/{draw.pk}/").text
    assert draw.commitment in page and "可核对" in page


@pytest.mark.parametrize(
    "role", ["centre_clerk", "street_officer", "finance_preparer", "statistician", "system_admin"]
)
def test_posts_without_the_permission_have_no_calendar(client, office, role):
    one = booked(office, free(office))
    client.force_login(make_post(role, PUTUO if role != "system_admin" else "310000").official.user)
    for address in ("", "days/", "book/"):
        assert client.get(f"/work/marriage/calendar/{address}").status_code == 403
    assert client.post(f"/work/marriage/calendar/{one.pk}/arrive/").status_code == 403
    assert client.post("/work/marriage/calendar/days/special/", {"office": office.pk}).status_code == 403


def test_a_registrar_of_another_district_sees_nothing_here_and_sets_no_day(client, office):
    one = booked(office, free(office))
    client.force_login(make_post("marriage_registrar", XUHUI).official.user)
    assert client.get(f"/work/marriage/calendar/?office={office.pk}").status_code == 404
    assert client.post(f"/work/marriage/calendar/{one.pk}/arrive/").status_code == 404
    assert client.post("/work/marriage/calendar/days/special/", {"office": office.pk}).status_code == 403
