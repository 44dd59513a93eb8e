"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.city import cliffs, overview, prices, rows, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.page, name="city"),
    path("terms/", terms.page, name="city_terms"),
    path("cliffs/", cliffs.page, name="city_cliffs"),
    path("prices/", prices.page, name="city_prices"),
    path("prices/reading/", prices.reading, name="city_prices_reading"),
    path("prices/propose/", prices.propose, name="city_prices_propose"),
    path("prices/<int:number>/<slug:act>/", prices.act, name="city_prices_act"),
    path("rows/<slug:code>/<slug:part>/", rows.page, name="city_rows"),
]
