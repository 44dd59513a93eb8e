"""Organisations in time."""

from datetime import date

import pytest

from minzheng.kernel.organisations.actions import InvalidCode, Seat, register_organisation
from minzheng.kernel.organisations.codes import check_character, organisation_check_character

SEVENTEEN = "52310107MJ000001" + organisation_check_character("MJ000001")
CODE = SEVENTEEN + check_character(SEVENTEEN)
SEAT = Seat("310107014", "示例路1号")


def enter(on: date, representative: str = "周磊建", seat: Seat = SEAT, name: str = "示例社区服务中心"):
    return register_organisation(
        uscc=CODE, name=name, seat=seat, representative=representative, source="民政", on=on
    )


@pytest.mark.django_db
class TestRegister:
    @pytest.fixture(autouse=True)
    def _acting(self, as_post):
        with as_post("system_admin", "310000"):
            yield

    def test_a_new_representative_follows_the_old_without_a_day_between(self):
        enter(date(2022, 1, 1))
        organisation = enter(date(2022, 6, 1), representative="龙银")
        spans = [(o.name, o.during.lower, o.during.upper) for o in organisation.officers.order_by("during")]
        assert spans == [
            ("周磊建", date(2022, 1, 1), date(2022, 6, 1)),
            ("龙银", date(2022, 6, 1), None),
        ]

    def test_the_same_news_twice_adds_nothing(self):
        enter(date(2022, 1, 1))
        organisation = enter(date(2022, 6, 1))
        assert organisation.officers.count() == organisation.sites.count() == 1

    def test_older_news_does_not_overwrite_newer(self):
        enter(date(2022, 6, 1))
        assert enter(date(2022, 1, 1), name="旧名").name == "示例社区服务中心"

    def test_a_code_with_a_wrong_check_is_refused_with_the_right_character(self):
        wrong = CODE[:17] + ("0" if CODE[17] != "0" else "1")
        with pytest.raises(InvalidCode, match=f"应为 {CODE[17]}"):
            register_organisation(
                uscc=wrong, name="x", seat=SEAT, representative="y", source="民政", on=date(2022, 1, 1)
            )
