"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.city import cliffs, one_off, overview, prices, rows, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.page, name="city"),
    path("terms/", terms.page, name="city_terms"),
    path("cliffs/", cliffs.page, name="city_cliffs"),
    path("prices/", prices.page, name="city_prices"),
    path("prices/reading/", prices.reading, name="city_prices_reading"),
    path("prices/propose/", prices.propose, name="city_prices_propose"),
    path("prices/<int:number>/<slug:act>/", prices.act, name="city_prices_act"),
    path("one-off/", one_off.page, name="city_one_off"),
    path("one-off/propose/", one_off.propose, name="city_one_off_propose"),
    path("one-off/lists/", one_off.take, name="city_one_off_take"),
    path("one-off/lists/<int:pk>/", one_off.list_page, name="city_one_off_list"),
    path("one-off/<int:number>/<slug:act>/", one_off.act, name="city_one_off_act"),
    path("rows/<slug:code>/<slug:part>/", rows.page, name="city_rows"),
]
