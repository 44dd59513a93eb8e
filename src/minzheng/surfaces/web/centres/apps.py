from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "minzheng.surfaces.web.centres"
    label = "web_centres"

    def ready(self) -> None:
        from minzheng.kernel.ui.statuses import Status, register_statuses
        from minzheng.surfaces.web.centres.words import APPOINTMENT_STATES, TICKET_STATES

        for prefix, states in (("ticket", TICKET_STATES), ("appointment", APPOINTMENT_STATES)):
            register_statuses({f"{prefix}_{code}": Status(*state) for code, state in states.items()})
