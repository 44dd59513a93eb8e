"""Two clicks at once: one list, one payment; real second connections on a committed database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from minzheng.domains.one_off_subsidies.models import DepartmentList, ListedRow
from minzheng.domains.one_off_subsidies.tests.town import Town, notice
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.periods import Month
from minzheng.kernel.storage import testing

WANG = "310101195003010018"


@pytest.fixture
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with django_db_blocker.unblock(), testing.cloned_database(testing.template_database(), "notices"):
        town = Town()
        person = town.numbered(WANG)
        town.allowance(town.household(person), person, Month(2022, 1))
        yield town


def twice(work: Callable[[], Any]) -> list[Any]:
    """What two calls at the same time gave back or raised."""
    barrier, found = threading.Barrier(2), [None, None]

    def run(place: int) -> None:
        try:
            barrier.wait()
            found[place] = work()
        except Exception as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_a_list_sent_twice_at_once_is_taken_in_once(town: Town) -> None:
    first, second = twice(lambda: town.take(f"证件号码,姓名\n{WANG},王芳\n").pk)
    assert isinstance(first, int) and first == second
    with town.seeing():
        assert (DepartmentList.objects.count(), ListedRow.objects.count()) == (1, 1)


def test_a_payment_proposed_twice_at_once_is_proposed_once(town: Town) -> None:
    first, second = twice(lambda: town.propose(notice(subsistence=100)).pk)
    assert isinstance(first, int) and first == second
    with town.seeing():
        assert Activation.objects.count() == 1
