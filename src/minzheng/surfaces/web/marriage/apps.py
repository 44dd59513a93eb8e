"""Marriage registration on screen: booking, the registrar's desk, the register (婚姻登记)."""

from django.apps import AppConfig


class MarriagePagesConfig(AppConfig):
    name = "minzheng.surfaces.web.marriage"
    label = "web_marriage"

    def ready(self) -> None:
        from minzheng.kernel.ui.statuses import Status, register_statuses
        from minzheng.surfaces.web.marriage.desk_bookings import STATES
        from minzheng.surfaces.web.marriage.desk_words import DIVORCE_STATES

        for prefix, states in (("divorce", DIVORCE_STATES), ("marriage_booking", STATES)):
            register_statuses({f"{prefix}_{code}": Status(*state) for code, state in states.items()})
