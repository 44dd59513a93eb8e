"""Between an offer's answer and the reservation the process is killed; two answer or share out at the same moment."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connections
from tests.faults.test_casework import kills

from minzheng.domains.eldercare_beds import beds
from minzheng.domains.eldercare_beds.tests.town import ON, Town
from minzheng.kernel.access import acting_as_resident, acting_as_service
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Stay
from minzheng.kernel.stays.models_waiting import Offer, Passing, Waiting


@pytest.fixture
def town(fresh_database: str) -> Town:
    return Town()


def offered(town: Town) -> Offer:
    town.elder_waiting("第一", 5, town.near)
    town.night()
    return town.offers()[0]


def picture() -> tuple[Any, ...]:
    with acting_as_service("test"):
        return (
            list(Offer.objects.order_by("pk").values_list("state", "stay_id", "followed_on")),
            list(Waiting.objects.order_by("pk").values_list("state", "refusals")),
            Stay.objects.count(),
            Passing.objects.count(),
        )


def follow(offer: Offer) -> None:
    with acting_as_service("test"):
        beds.follow_up(offer_id=offer.pk, on=ON)


def test_a_kill_between_the_answer_and_the_reservation_keeps_the_bed_and_the_night_goes_on(
    town: Town,
) -> None:
    offer = offered(town)
    with acting_as_resident(offer.person_id):
        beds.reply(offer_id=offer.pk, accepts=True, on=ON)
    before = picture()
    killed = 0
    for _ in kills(lambda: follow(offer)):
        assert picture() == before, "neither half a reservation nor a lost answer"
        killed += 1
        if killed == 3:
            other = town.elder_waiting("等级更高", 6, town.near)
            before = picture()
    assert killed > 3
    assert town.fresh(offer).stay_id is not None
    after = picture()
    follow(offer)
    assert picture() == after, "the job that runs once more changes nothing"
    town.night()
    assert [o.bed_id != offer.bed_id for o in town.offers(waiting=other)] == [True]


def test_a_kill_before_the_job_ran_is_made_good_by_the_night(town: Town) -> None:
    offer = offered(town)
    with acting_as_resident(offer.person_id):
        beds.reply(offer_id=offer.pk, accepts=True, on=ON)
    town.night()
    with acting_as_service("test"):
        assert Stay.objects.get().state == "planned"


def at_once(*acts: Any) -> list[Any]:
    """Runs acts on threads that begin together; what each gave or raised."""
    ready, results = Barrier(len(acts)), [None] * len(acts)

    def run(at: int, act: Any) -> None:
        try:
            ready.wait()
            results[at] = act()
        except (StayRefused, IntegrityError) as refusal:
            results[at] = refusal
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(at, act)) for at, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_two_clicks_at_once_accept_once(town: Town) -> None:
    offer = offered(town)

    def click() -> Offer:
        with acting_as_resident(offer.person_id):
            return beds.reply(offer_id=offer.pk, accepts=True, on=ON)

    assert [one.state for one in at_once(click, click)] == ["accepted", "accepted"]
    assert at_once(lambda: follow(offer), lambda: follow(offer)) == [None, None]
    with acting_as_service("test"):
        assert Stay.objects.count() == 1


def test_accepting_and_declining_at_once_leaves_one_answer(town: Town) -> None:
    offer = offered(town)

    def click(accepts: bool) -> Any:
        with acting_as_resident(offer.person_id):
            return beds.reply(offer_id=offer.pk, accepts=accepts, on=ON)

    found = at_once(lambda: click(True), lambda: click(False))
    assert sum(isinstance(one, StayRefused) for one in found) == 1


def test_two_who_share_out_at_once_offer_each_bed_once(town: Town) -> None:
    for n in range(4):
        town.elder_waiting(f"老人{n}", 5, town.near)
    at_once(*[lambda: town.night()] * 3)
    with acting_as_service("test"):
        held = list(Offer.objects.values_list("bed_id", flat=True))
    assert sorted(held) == sorted(bed.pk for bed in town.near_beds)
