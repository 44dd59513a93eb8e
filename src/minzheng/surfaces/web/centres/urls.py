"""Addresses of the centres: `centres/` for everybody and residents, `work/centre/` for those who serve there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from minzheng.surfaces.web.centres import booking, counter, kiosk, manage, public


def counter_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    if verb not in counter.VERBS:
        raise Http404
    return counter.act(request, pk, verb)


def manage_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    if verb not in manage.MANAGES:
        raise Http404
    return manage.manage(request, pk, verb)


urlpatterns = [
    path("centres/", public.find, name="centres"),
    path("centres/<int:pk>/", public.centre, name="centre"),
    path("centres/<int:pk>/display/", public.display, name="centre_display"),
    path("centres/<int:pk>/place/", public.place_in_line, name="centre_place"),
    path("centres/<int:pk>/book/", booking.choose, name="centre_book"),
    path("centres/appointments/", booking.mine, name="appointments_mine"),
    path("centres/appointments/<int:pk>/", booking.one, name="appointment"),
    path("centres/appointments/<int:pk>/cancel/", booking.cancel, name="appointment_cancel"),
    path("work/centre/", manage.figures, name="work_centres"),
    path("work/centre/<int:pk>/counter/", counter.page, name="centre_counter"),
    path("work/centre/<int:pk>/counter/sit/", counter.sit, name="centre_sit"),
    path("work/centre/<int:pk>/counter/<slug:verb>/", counter_act, name="centre_act"),
    path("work/centre/<int:pk>/kiosk/", kiosk.page, name="centre_kiosk"),
    path("work/centre/<int:pk>/kiosk/<int:ticket>/", kiosk.slip, name="centre_slip"),
    path("work/centre/<int:pk>/manage/", manage.page, name="centre_manage"),
    path("work/centre/<int:pk>/manage/counter/<int:number>/", manage.counter, name="centre_counter_edit"),
    path("work/centre/<int:pk>/manage/<slug:verb>/", manage_act, name="centre_manage_act"),
    path("work/centre/<int:pk>/appointments/", manage.appointments, name="centre_appointments"),
    path("work/centre/<int:pk>/appointments/<int:appointment>/", manage.check_in, name="centre_check_in"),
    path("work/centre/<int:pk>/appointments/no-shows/", manage.note_no_shows, name="centre_no_shows"),
]
