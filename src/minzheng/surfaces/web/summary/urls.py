"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.summary import acts, page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", page.latest, name="summary"),
    path("<int:year>/", page.page, name="summary_year"),
    path("<int:year>/write/<str:key>/", acts.write, name="summary_write"),
    path("<int:year>/check/", acts.check, name="summary_check"),
    path("<int:year>/issue/", acts.issue, name="summary_issue"),
]
