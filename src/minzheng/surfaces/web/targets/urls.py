"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.targets import acts, overview, publication, target

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.page, name="targets"),
    path("publication/<int:year>/", publication.page, name="targets_publication"),
    path("<int:number>/", target.page, name="target"),
    path("<int:number>/report/", acts.report, name="target_report"),
    path("<int:number>/decide/", acts.decide, name="target_decide"),
    path("<int:number>/close/", acts.close, name="target_close"),
    path("paper/<str:digest>/", acts.paper, name="target_paper"),
]
