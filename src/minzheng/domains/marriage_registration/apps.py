from django.apps import AppConfig


class MarriageRegistrationConfig(AppConfig):
    name = "minzheng.domains.marriage_registration"
    label = "marriage_registration"

    def ready(self) -> None:
        from minzheng.domains.marriage_registration.booking import MARRIAGE
        from minzheng.kernel.bookings.purposes import register_purpose

        register_purpose(MARRIAGE)
