"""The centres' pages: who may open which, how many queries they take, what a press leads to."""

from __future__ import annotations

import pytest

from minzheng.kernel.access import acting, acting_as_service
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
    return client.post(f"/work/centre/{centre.pk}/counter/sit/", {"counter": counter(centre, number).pk}, follow=True)


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
