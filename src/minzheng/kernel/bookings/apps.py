from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "minzheng.kernel.bookings"
    label = "bookings"

    def ready(self) -> None:
        # Who comes along is told by their number; only the record it points to follows a merge.
        from minzheng.kernel.people.actions import register_follower

        register_follower("bookings_party")
        register_follower("bookings_booking", column="requested_by_id")
