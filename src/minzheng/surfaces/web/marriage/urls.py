"""Addresses of marriage registration: `work/marriage/` for the registrar's desk, `my/marriage/` for the couple."""

from django.urls import URLPattern, URLResolver, include, path

from minzheng.surfaces.web.marriage import (
    agency,
    archive,
    desk,
    desk_divorce,
    desk_files,
    desk_later,
    desk_page,
    manage,
    register,
    statistics_pairs,
)

_desk: list[URLPattern | URLResolver] = [
    path("", desk.home, name="marriage_desk"),
    path("begin/", desk.begin, name="marriage_begin"),
    path("end/", desk.end, name="marriage_end"),
    path("next/", desk.next_couple, name="marriage_next"),
    path("lapse/", manage.lapse, name="marriage_lapse"),
    path("couple/", desk_page.page, name="marriage_couple"),
    path("couple/brought/", desk_page.brought, name="marriage_brought"),
    path("couple/register/", desk_page.register, name="marriage_register_couple"),
    path("couple/refuse/", desk_page.refuse, name="marriage_refuse"),
    path("refusals/<int:pk>/", desk_page.refusal, name="marriage_refusal"),
    path("divorces/<int:pk>/", desk_divorce.page, name="marriage_divorce"),
    path("divorces/<int:pk>/withdraw/", desk_divorce.withdraw, name="marriage_divorce_withdraw"),
    path("divorces/<int:pk>/collect/", desk_divorce.collect, name="marriage_divorce_collect"),
    path("register/", register.search, name="marriage_register"),
    path("register/<int:pk>/", register.entry, name="marriage_entry"),
    path("register/<int:pk>/<slug:verb>/", desk_later.page, name="marriage_later"),
    path("attachments/<int:pk>/", desk_files.attachment, name="marriage_attachment"),
    path("archive/", archive.search, name="marriage_archive"),
    path("manage/", manage.page, name="marriage_manage"),
    path("manage/<int:pk>/", manage.page, name="marriage_office"),
    path("manage/<int:pk>/<slug:name>/", manage.act, name="marriage_office_act"),
    path("statistics/", statistics_pairs.page, name="marriage_statistics"),
    path("agencies/", agency.overview, name="marriage_agencies"),
    path("agencies/register/", agency.register, name="marriage_agency_register"),
    path("agencies/campaigns/open/", agency.open_campaign, name="marriage_campaign_open"),
    path("agencies/campaigns/<int:pk>/", agency.campaign, name="marriage_campaign"),
    path("agencies/campaigns/<int:pk>/close/", agency.close, name="marriage_campaign_close"),
    path("agencies/targets/<int:pk>/", agency.target, name="marriage_target"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("work/marriage/", include(_desk))]
