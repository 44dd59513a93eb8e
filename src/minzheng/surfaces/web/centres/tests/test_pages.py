"""The centres' pages: who may open which, how many queries they take, what a press leads to."""

from __future__ import annotations

import pytest

from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.models import Counter, Ticket
from minzheng.kernel.centres.tests.conftest import OTHER_STREET, RELIEF, STREET, make_centre
from minzheng.kernel.periods import now_utc
from minzheng.surfaces.web.work.day import working_day


@pytest.fixture
def centre(db):
    return make_centre()


@pytest.fixture
def signed_in(client):
    """`signed_in("centre_clerk", division)` signs the client in as a new official of that post."""

    def enter(role, division=STREET):
        post = make_post(role, division)
        client.force_login(post.official.user)
        return post

    return enter


def counter(centre, number=1):
    return Counter.objects.get(centre=centre, number=number)


def sit(client, centre, number=1):
    return client.post(
        f"/work/centre/{centre.pk}/counter/sit/", {"counter": counter(centre, number).pk}, follow=True
    )


def test_a_clerk_sits_down_gives_a_number_and_serves_it(client, centre, signed_in):
    post = signed_in("centre_clerk")
    base = f"/work/centre/{centre.pk}"
    assert "尚未开始取号" in client.get(f"{base}/kiosk/").text
    assert "1 号窗口" in sit(client, centre).text
    answer = client.post(f"{base}/kiosk/", {"way": "take", "group": RELIEF, "key": "one"}, follow=True)
    assert "A001" in answer.text and "校验码" in answer.text
    again = client.post(f"{base}/kiosk/", {"way": "take", "group": RELIEF, "key": "one"}, follow=True)
    assert "A001" in again.text
    with acting(post):
        ticket = Ticket.objects.get()
    for verb, words in (("call", "正在叫号"), ("start", "正在办理"), ("finish", "本窗口空闲")):
        answer = client.post(f"{base}/counter/{verb}/", {"ticket": ticket.pk, "key": verb}, follow=True)
        assert answer.status_code == 200 and words in answer.text
    assert "没有人等候本窗口" in client.post(f"{base}/counter/call/", {"key": "more"}, follow=True).text
    assert client.post(f"{base}/counter/dance/").status_code == 404


def open_today(centre, number=1):
    """A clerk at a counter on the pages' own day."""
    post = make_post("centre_clerk", STREET)
    with acting(post):
        sitting = actions.open_counter(counter=counter(centre, number), on=working_day(), at=now_utc())
    return post, sitting


def take(centre, post, **given):
    with acting(post):
        return actions.take_ticket(centre=centre, group_code=RELIEF, on=working_day(), at=now_utc(), **given)


STAFF = ("counter", "kiosk", "appointments", "manage")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("centre_clerk", {"counter", "kiosk", "appointments", "manage"}),
        ("centre_manager", {"counter", "kiosk", "appointments", "manage"}),
        ("street_officer", {"counter", "kiosk", "appointments", "manage"}),
        ("auditor", {"manage"}),
        ("statistician", {"manage"}),
        ("neighbourhood_worker", set()),
        ("finance_preparer", set()),
    ],
)
def test_each_role_opens_its_pages_and_no_others(role, allowed, client, centre, signed_in):
    signed_in(role)
    for page in STAFF:
        status = client.get(f"/work/centre/{centre.pk}/{page}/").status_code
        assert status == (200 if page in allowed else 403), page
    assert client.get("/work/centre/").status_code == (200 if allowed else 403)


def test_another_street_finds_none_of_the_pages(client, centre, signed_in):
    signed_in("centre_manager", OTHER_STREET)
    for page in STAFF:
        assert client.get(f"/work/centre/{centre.pk}/{page}/").status_code == 404
    assert client.post(f"/work/centre/{centre.pk}/manage/close/").status_code == 404
    assert client.post(f"/work/centre/{centre.pk}/counter/sit/").status_code == 404


def test_a_clerk_neither_closes_the_day_nor_changes_a_counter(client, centre, signed_in):
    open_today(centre)
    signed_in("centre_clerk")
    for verb in ("close", "closure", "offer", "leave"):
        assert client.post(f"/work/centre/{centre.pk}/manage/{verb}/").status_code == 403
    assert client.get(f"/work/centre/{centre.pk}/manage/counter/1/").status_code == 403


def test_the_manager_closes_the_day_and_the_waiting_are_told(client, centre, signed_in):
    post, _sitting = open_today(centre)
    ticket = take(centre, post)
    signed_in("centre_manager")
    answer = client.post(f"/work/centre/{centre.pk}/manage/close/", follow=True)
    assert "1 人尚未办理" in answer.text and "已停止取号" in answer.text
    client.logout()
    told = client.get(f"/centres/{centre.pk}/place/?number={ticket.label.lower()}&code={ticket.code}")
    assert "凭此号单" in told.text


def test_the_public_pages_need_no_account_and_show_counts_only(client, centre):
    post, sitting = open_today(centre)
    first, second = take(centre, post), take(centre, post)
    with acting(post):
        actions.call_next(sitting=sitting, at=now_utc())
    page = client.get(f"/centres/{centre.pk}/").text
    assert "1 人等候" in page and second.label not in page
    hall = client.get(f"/centres/{centre.pk}/display/").text
    assert first.label in hall and second.label not in hall and first.code not in hall
    place = f"/centres/{centre.pk}/place/"
    assert (
        "前面还有 <strong>0</strong> 人"
        in client.get(f"{place}?number={second.label}&code={second.code}").text
    )
    assert "没有找到这个号" in client.get(f"{place}?number={second.label}&code={first.code}x").text
    assert client.get(place).status_code == 302
    assert client.get("/centres/999999/").status_code == 404
    for closed in (
        f"/centres/{centre.pk}/book/",
        "/centres/appointments/",
        f"/work/centre/{centre.pk}/kiosk/",
    ):
        assert client.get(closed)["Location"].startswith("/login/")


def test_nobody_reads_a_ticket_who_does_not_act(centre):
    post, _sitting = open_today(centre)
    take(centre, post)
    assert not Ticket.objects.exists()


def test_an_official_has_no_booking_page(client, centre, signed_in):
    signed_in("centre_clerk")
    assert client.get(f"/centres/{centre.pk}/book/").status_code == 403


def test_too_many_questions_from_one_address_are_asked_to_wait(client, centre, monkeypatch):
    from minzheng.surfaces.web.centres import words

    monkeypatch.setattr(words, "REQUESTS_A_MINUTE", 2)
    answers = [client.get(f"/centres/{centre.pk}/").status_code for _ in range(4)]
    assert answers[-1] == 429


@pytest.mark.parametrize("many", [2, 12])
def test_the_lists_take_the_same_queries_for_few_and_many(
    many, client, centre, signed_in, django_assert_max_num_queries
):
    for number in range(1, many):
        make_centre(number=number)
    post, _sitting = open_today(centre)
    for _ in range(many):
        take(centre, post)
    with django_assert_max_num_queries(11):
        assert client.get(f"/centres/?street={STREET}").status_code == 200
    signed_in("centre_manager")
    with django_assert_max_num_queries(26):
        assert client.get("/work/centre/").status_code == 200
    with django_assert_max_num_queries(32):
        assert client.get(f"/work/centre/{centre.pk}/counter/").status_code == 200
    with django_assert_max_num_queries(36):
        assert client.get(f"/work/centre/{centre.pk}/manage/").status_code == 200


def test_the_excel_copy_of_the_days_figures_has_the_numbers(client, centre, signed_in):
    from io import BytesIO

    from openpyxl import load_workbook

    post, _sitting = open_today(centre)
    take(centre, post), take(centre, post)
    signed_in("centre_manager")
    answer = client.get("/work/centre/?export=xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heads = next(row for row in rows if "取号" in row)
    line = next(row for row in rows if row[0] == centre.name)
    assert line[heads.index("取号")] == 2 and line[heads.index("等候")] == 2


@pytest.mark.parametrize(
    ("wait", "words"),
    [(None, "暂无窗口受理"), ((0, 0), "无需等候"), ((0, 1), "5 分钟以内"), ((0, 5), "5 分钟以内"), ((0, 6), "10 分钟以内"),
     ((4, 12), "15 分钟以内"), ((5, 12), "5–15 分钟"), ((11, 20), "10–20 分钟")],
)  # fmt: skip
def test_a_wait_is_said_in_steps_of_five_minutes_and_never_too_short(wait, words):
    from minzheng.surfaces.web.centres.words import wait_words

    assert wait_words(wait) == words
