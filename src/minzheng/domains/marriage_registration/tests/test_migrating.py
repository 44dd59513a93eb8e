"""A record kept before what a refusal clashes with had a table of its own is carried over."""

from __future__ import annotations

from datetime import date

from django.db import connection, connections

from minzheng.domains.marriage_registration.actions import refuse
from minzheng.domains.marriage_registration.checks import check_marriage
from minzheng.domains.marriage_registration.models import Kind, Refusal, RefusalClash
from minzheng.domains.marriage_registration.tests.conftest import DAY, PUTUO, new_person, open_office
from minzheng.kernel.access import acting
from minzheng.kernel.storage.schema import bring_up_to_date
from minzheng.kernel.storage.testing import cloned_database, template_database

#: The tables as they stood before.
_BACK = """
    DROP TABLE marriage_registration_refusalclash;
    ALTER TABLE marriage_registration_refusal ADD COLUMN for_registrar jsonb NOT NULL DEFAULT '{}';
    DELETE FROM django_migrations WHERE app = 'marriage_registration' AND name = '0090_refusal_clash';
    ALTER TABLE marriage_registration_refusal DISABLE TRIGGER USER;
"""
_KEPT = """
    UPDATE marriage_registration_refusal SET for_registrar = '{"unmarried_man": "J310107-2022-000001"}' WHERE number = %s;
"""
_GUARDED = "ALTER TABLE marriage_registration_refusal ENABLE TRIGGER USER"


def test_the_numbers_that_refusals_clash_with_move_to_their_own_table(django_db_blocker, django_db_setup):
    with django_db_blocker.unblock(), cloned_database(template_database(), "refusals"):
        office, young = open_office(PUTUO, first=1001), date(2005, 5, 5)
        couples = [(new_person(serial, born=young), new_person(serial + 1)) for serial in (1, 3)]
        with acting(office.post):
            told = []
            for man, woman in couples:
                checks = check_marriage(office=office.facility, man=man, woman=woman, on=DAY)
                told.append(refuse(office=office.facility, kind=Kind.MARRIAGE, man=man, woman=woman, checks=checks,
                                   on=DAY))  # fmt: skip
            before = list(Refusal.objects.order_by("pk").values())
        connection.close()
        with connections["owner"].cursor() as cursor:
            cursor.execute(_BACK)
            cursor.execute(_KEPT, [told[0].number])
            cursor.execute(_GUARDED)
        assert bring_up_to_date() == ["marriage_registration.0090_refusal_clash"]
        with acting(office.post):
            assert list(RefusalClash.objects.values_list("refusal", "division_code", "acts")) == [
                (told[0].pk, PUTUO, {"unmarried_man": "J310107-2022-000001"})
            ]
            assert list(Refusal.objects.order_by("pk").values()) == before
