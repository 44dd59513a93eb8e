"""Addresses of this area."""

from django.urls import URLPattern, URLResolver

from minzheng.surfaces.web.casework import case_page, catalogue, counter, form_page, letters, queue

urlpatterns: list[URLPattern | URLResolver] = [
    *counter.urls,
    *form_page.urls,
    *queue.urls,
    *case_page.urls,
    *letters.urls,
    *catalogue.urls,
]
