"""The synthetic month of casework: killed in the middle it goes on, and repeated it changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.cases.models import Case
from minzheng.kernel.centres.actions import load_centres
from minzheng.kernel.people.models import Person
from minzheng.kernel.storage.testing import cloned_database, template_database
from minzheng.simulation.casework import live_casework

CLIENTS = 14


class Killed(Exception):
    pass


def people() -> None:
    with acting_as_service("test"):
        load_centres()
        for number in range(CLIENTS):
            Person.objects.create(
                name=f"合成{number}", sex=1 + number % 2, birth_date=date(1970 + number, 3, 1),
                division_code="310107014001", hukou_division_code="310107014001", hukou_is_local=True,
            )  # fmt: skip


def cases() -> list[tuple[object, ...]]:
    with acting_as_service("test"):
        return list(Case.objects.order_by("pk").values_list("person__name", "item", "state", "channel"))


def test_a_month_killed_after_five_clients_goes_on_to_what_it_would_have_been(
    django_db_setup, django_db_blocker
):
    def kill(done: int, _all: int) -> None:
        if done == 5:
            raise Killed

    with django_db_blocker.unblock():
        with cloned_database(template_database(), "whole"):
            people()
            live_casework(clients=CLIENTS)
            whole = cases()
            live_casework(clients=CLIENTS)
            assert cases() == whole
        with cloned_database(template_database(), "killed"):
            people()
            with pytest.raises(Killed):
                live_casework(clients=CLIENTS, watch=kill)
            assert len(cases()) == 5
            live_casework(clients=CLIENTS)
            assert cases() == whole
