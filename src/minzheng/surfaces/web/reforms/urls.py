"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.reforms import example, new, overview, page, promote, versus

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.page, name="reforms"),
    path("new/", new.page, name="reform_new"),
    path("versus/", versus.page, name="reform_versus"),
    path("<int:number>/", page.page, name="reform"),
    path("<int:number>/progress/", page.progress, name="reform_progress"),
    path("<int:number>/share/", page.share, name="reform_share"),
    path("<int:number>/restart/", page.restart, name="reform_restart"),
    path("<int:number>/example/<int:example_id>/", example.page, name="reform_example"),
    path("<int:number>/promotion/", promote.page, name="reform_promotion"),
    path("<int:number>/promotion/decide/", promote.decide, name="reform_decide"),
    path("<int:number>/promotion/file/<int:at>/", promote.download, name="reform_file"),
    path("<int:number>/promotion/patch/", promote.patch, name="reform_patch"),
]
