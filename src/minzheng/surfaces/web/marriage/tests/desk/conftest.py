"""Registry offices of 普陀 and 徐汇, couples, and windows of officials who sign in; the day at the desk is fixed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from minzheng.domains.marriage_registration.actions import register_marriage
from minzheng.domains.marriage_registration.models import Facility, Registration
from minzheng.domains.marriage_registration.parties import Party
from minzheng.domains.marriage_registration.tests import conftest as world
from minzheng.kernel.access import acting
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post

PASSWORD = "Huangpu-1949"
DAY = date(2022, 12, 1)
make_person = world.make_person


class Desk:
    """An office, and a way to stand at it on a day of one's choice."""

    def __init__(self, district: str, first: int) -> None:
        self.office = world.open_office(district, first=first)
        self.facility: Facility = self.office.facility
        self.registrar: Post = self.office.post
        self.head: Post = self.office.head

    def marry(self, man: Party, woman: Party, on: date = DAY) -> Registration:
        """Registers a couple by the domain's own action."""
        with acting(self.registrar):
            return register_marriage(
                office=self.facility,
                man=man,
                woman=woman,
                evidence=world.whole("marriage", man, woman),
                on=on,
            )


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """The day in hand: 2022-12-01, from which on any office serves any couple; `day(...)` sets another."""

    def on(wanted: date) -> None:
        monkeypatch.setattr("minzheng.surfaces.web.work.day.day_in_hand", lambda: wanted)

    on(DAY)
    return on


@pytest.fixture
def putuo(db: None) -> Desk:
    return Desk(world.PUTUO, 1001)


@pytest.fixture
def window() -> Callable[[Any], Client]:
    """`window(post)` is a signed-in browser of the post's official; `window("role", "place")` of a new one."""

    def enter(who: Post | str, place: str = world.PUTUO) -> Client:
        post = make_post(who, place) if isinstance(who, str) else who
        account = User.objects.get(official__id=post.official_id)
        client = Client()
        client.force_login(account)
        return client

    return enter
