"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.city import overview, rows, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.page, name="city"),
    path("terms/", terms.page, name="city_terms"),
    path("rows/<slug:code>/<slug:part>/", rows.page, name="city_rows"),
]
