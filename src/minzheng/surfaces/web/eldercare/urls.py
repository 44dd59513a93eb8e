"""Addresses of elder care: `eldercare/` for everybody, `work/eldercare/` for officials and for the homes themselves."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.eldercare import (
    dementia,
    dementia_people,
    dementia_streets,
    home,
    hub,
    public,
    running,
    workforce,
    workforce_home,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("eldercare/", public.find, name="eldercare"),
    path("eldercare/basic/", public.basic_list, name="eldercare_basic_list"),
    path("eldercare/<int:pk>/", public.one, name="eldercare_public"),
    path("work/eldercare/", hub.overview, name="eldercare_work"),
    path("work/eldercare/register/", hub.register, name="eldercare_register"),
    path("work/eldercare/filings/", hub.filings, name="eldercare_filings"),
    path("work/eldercare/basic-beds/", hub.basic_beds, name="eldercare_basic_beds"),
    path("work/eldercare/expiring/", hub.expiring_papers, name="eldercare_expiring"),
    path("work/eldercare/relief/", hub.relief, name="eldercare_relief"),
    path("work/eldercare/<int:pk>/", home.page, name="eldercare_facility"),
    path("work/eldercare/<int:pk>/beds/<int:bed_pk>/", home.bed, name="eldercare_bed"),
    path("work/eldercare/<int:pk>/stays/<int:stay_pk>/", home.stay, name="eldercare_stay"),
    path("work/eldercare/<int:pk>/papers/", running.papers, name="eldercare_papers"),
    path("work/eldercare/<int:pk>/incidents/", running.incidents, name="eldercare_incidents"),
    path("work/eldercare/<int:pk>/medical/", running.medical_page, name="eldercare_medical"),
    path("work/eldercare/<int:pk>/workforce/", workforce_home.page, name="workforce_facility"),
    path("eldercare/key-institutions/", workforce.public_list, name="key_institutions"),
    path("work/eldercare/workforce/", workforce.page, name="workforce"),
    path("work/eldercare/workforce/training/", workforce.training_page, name="workforce_training"),
    path("work/eldercare/workforce/entry/", workforce.entry_page, name="workforce_entry"),
    path("work/eldercare/workforce/recognition/", workforce.recognition_page, name="workforce_recognition"),
    path("work/eldercare/workforce/contests/", workforce.contests_page, name="workforce_contests"),
    path("work/eldercare/<int:pk>/filing/", running.filing, name="eldercare_filing"),
    path("work/eldercare/<int:pk>/dementia/", dementia.facility, name="dementia_facility"),
    path("work/eldercare/dementia/", dementia.units, name="dementia"),
    path("work/eldercare/dementia/communities/", dementia_streets.listing, name="dementia_communities"),
    path("work/eldercare/dementia/communities/<int:pk>/", dementia_streets.page, name="dementia_community"),
    path("work/eldercare/dementia/screening/", dementia_people.listing, name="dementia_screening"),
    path("work/eldercare/dementia/screening/new/", dementia_people.new, name="dementia_new"),
    path("work/eldercare/dementia/screening/<int:pk>/", dementia_people.page, name="dementia_screened"),
]
