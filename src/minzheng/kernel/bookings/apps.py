from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "minzheng.kernel.bookings"
    label = "bookings"
