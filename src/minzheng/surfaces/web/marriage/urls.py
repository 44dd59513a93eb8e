"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []

# The booking of a time, by the public, by a couple, and the office's calendar.
urlpatterns += [path("", include("minzheng.surfaces.web.marriage.booking_urls"))]
# The registrar's desk, the register, and a couple's own record.
urlpatterns += [path("", include("minzheng.surfaces.web.marriage.desk_urls"))]
