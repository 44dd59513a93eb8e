from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "minzheng.kernel.centres"
    label = "centres"

    def ready(self) -> None:
        # Appointments of a merged record go with it, unless the survivor is booked at that very time already.
        from minzheng.kernel.people.actions import register_follower

        register_follower(
            "centres_appointment",
            clash="s.day = a.day AND s.starts = a.starts AND s.state = 'booked' AND a.state = 'booked'"
            " OR s.client_key = a.client_key AND s.client_key <> ''",
        )
