"""Over random histories nobody is married twice, and of two acts in the same moment one is refused."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.domains.marriage_registration.actions import revoke_marriage
from minzheng.domains.marriage_registration.errors import MarriageRefused
from minzheng.domains.marriage_registration.models import CertificateStock, MaritalTie, Registration
from minzheng.domains.marriage_registration.requirements import Evidence
from minzheng.domains.marriage_registration.tests.conftest import DAY, new_person, open_office
from minzheng.domains.marriage_registration.tests.test_divorce import apply, divorce
from minzheng.domains.marriage_registration.tests.test_marriage import marry
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.people.staging import fetch

_STEPS = st.lists(
    st.tuples(st.sampled_from(["marry", "marry", "divorce", "revoke"]), st.integers(0, 2), st.integers(0, 2)),
    min_size=4,
    max_size=10,
)


class _Undo(Exception):
    pass


@pytest.mark.django_db
@given(_STEPS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_ever_married_twice_and_the_papers_balance(office, make_person, steps):
    men, women = [make_person(n) for n in (1, 3, 5)], [make_person(n) for n in (2, 4, 6)]
    try:
        with transaction.atomic(), acting(office.post):
            _live(office, men, women, steps)
            overlapping = fetch(
                """SELECT count(*) FROM marriage_registration_maritaltie a JOIN marriage_registration_maritaltie b
                   ON a.id < b.id AND a.person_id = b.person_id AND a.during && b.during AND NOT a.is_void AND NOT b.is_void"""
            )
            assert overlapping == [(0,)]
            assert MaritalTie.objects.count() == 2 * Registration.objects.filter(kind="marriage").count()
            for stock in CertificateStock.objects.all():
                given_out = sum(
                    2 for one in Registration.objects.filter(kind=stock.paper) if one.man_serial is not None
                )
                assert (stock.used, stock.left) == (given_out, stock.received - given_out)
            raise _Undo
    except _Undo:
        pass


def _live(office, men, women, steps):
    """What the law allows succeeds and nothing else, by a model that knows only who is married to whom.

    A step takes forty days: an application and its collecting fit between two.
    """
    day, wed = DAY, {}
    for what, his, hers in steps:
        day += timedelta(days=40)
        man, woman = men[his], women[hers]
        if what == "marry":
            is_free = his not in wed and hers not in {other for other, _ in wed.values()}
            try:
                wed_by = marry(office, man, woman, on=day)
                assert is_free
                wed[his] = (hers, wed_by)
            except MarriageRefused:
                assert not is_free
        elif his in wed and wed[his][0] == hers:
            entry = wed.pop(his)[1]
            if what == "divorce":
                made = apply(office, (man, woman), entry, on=day)
                divorce(made, (man, woman), made.collect_first)
            else:
                revoke_marriage(
                    office=office.facility, entry=entry, court="法院", judgment="判决", judged_on=day,
                    evidence=Evidence(frozenset({"judgment"})), on=day,
                )  # fmt: skip


def test_of_two_offices_that_marry_one_person_in_the_same_second_one_is_refused(fresh_database):
    offices = [open_office("310107", first=1), open_office("310104", first=501)]
    man, *women = new_person(1), new_person(2), new_person(4, home="310104")
    gate, outcomes = threading.Barrier(2), []

    def register(office, woman):
        try:
            with acting(office.post):
                gate.wait(timeout=60)
                marry(office, man, woman)
            outcomes.append("registered")
        except MarriageRefused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=register, args=pair) for pair in zip(offices, women, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert sorted(outcomes) == ["refused", "registered"]
    with acting_as_service("test"):
        assert Registration.objects.filter(kind="marriage").count() == 1
