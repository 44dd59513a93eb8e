"""Addresses of the booking of marriage registration: `marriage/` for everybody, `my/bookings/`, `work/marriage/calendar/`."""

from django.urls import path

from minzheng.surfaces.web.marriage import booking, booking_mine, calendar_days, calendar_today

urlpatterns = [
    path("marriage/", booking.offices, name="marriage_booking"),
    path("marriage/draws/<int:pk>/", booking.draw, name="booking_draw"),
    path("my/bookings/book/<int:pk>/", booking_mine.book, name="booking_book"),
    path("my/bookings/", booking_mine.mine, name="bookings_mine"),
    path("my/bookings/<int:pk>/", booking_mine.one, name="booking"),
    path("my/bookings/<int:pk>/cancel/", booking_mine.cancel, name="booking_cancel"),
    path("my/bookings/<int:pk>/accept/", booking_mine.accept, name="booking_accept"),
    path("work/marriage/calendar/", calendar_today.page, name="marriage_calendar"),
    path("work/marriage/calendar/no-shows/", calendar_today.no_shows, name="calendar_no_shows"),
    path("work/marriage/calendar/book/", calendar_today.book, name="calendar_book"),
    path("work/marriage/calendar/days/", calendar_days.page, name="calendar_days"),
    path("work/marriage/calendar/days/<slug:verb>/", calendar_days.act, name="calendar_day_act"),
    path("work/marriage/calendar/<int:pk>/<slug:verb>/", calendar_today.act, name="calendar_act"),
]
