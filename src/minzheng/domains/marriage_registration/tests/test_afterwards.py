"""After the act the couple moves the hukou and registers a birth in one form, filled from the act."""

from __future__ import annotations

import pytest

from minzheng.domains.marriage_registration.afterwards import answers_from, offer_after_marriage
from minzheng.domains.marriage_registration.tests.conftest import DAY
from minzheng.domains.marriage_registration.tests.test_marriage import marry
from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.cases.models import Case

pytestmark = pytest.mark.django_db


def test_both_parts_are_filled_from_the_act_and_asked_again_it_is_the_same(office, couple, make_person):
    man, woman = couple
    with acting(office.post):
        entry = marry(office, man, woman)
    with acting_as_resident(woman.person_id):
        bundle = offer_after_marriage(entry, person_id=woman.person_id, on=DAY)
        assert offer_after_marriage(entry, person_id=woman.person_id, on=DAY).pk == bundle.pk
    with acting_as_service("test"):
        cases = {one.bundle_part: one for one in Case.objects.filter(bundle_id=bundle.pk)}
    assert set(cases) == {"hukou_spouse_move", "birth_registration"}
    assert bundle.answers["spouse_name"] == man.name and bundle.answers["married_on"] == DAY.isoformat()
    with pytest.raises(ValueError, match="不是此人"):
        answers_from(entry, person_id=make_person(4).person_id)
