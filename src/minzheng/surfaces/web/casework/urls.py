"""Addresses of this area."""

from django.urls import URLPattern, URLResolver

from minzheng.surfaces.web.casework import (
    alike,
    automatic,
    case_page,
    catalogue,
    counter,
    followups,
    form_page,
    letters,
    mandates,
    queue,
    reviews,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *counter.urls,
    *form_page.urls,
    *mandates.urls,
    *queue.urls,
    *followups.urls,
    *reviews.urls,
    *alike.urls,
    *automatic.urls,
    *case_page.urls,
    *letters.urls,
    *catalogue.urls,
]
