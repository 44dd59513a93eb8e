"""Addresses that everybody may open: what was published of each institution, and draws to verify."""

from django.urls import path

from minzheng.surfaces.web.supervision import public

urlpatterns = [
    path("", public.listing, name="supervision_public"),
    path("<int:pk>/", public.facility, name="supervision_public_facility"),
    path("draws/", public.draws, name="supervision_public_draws"),
    path("draws/<int:pk>/file/", public.file, name="supervision_public_file"),
]
