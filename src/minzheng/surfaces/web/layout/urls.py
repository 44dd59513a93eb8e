"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.layout import needs, new, plan, plans, reach, versus

urlpatterns: list[URLPattern | URLResolver] = [
    path("", needs.page, name="layout"),
    path("reckon/", needs.reckon, name="layout_reckon"),
    path("reach/", reach.page, name="layout_reach"),
    path("plans/", plans.page, name="layout_plans"),
    path("plans/new/", new.page, name="layout_new"),
    path("plans/versus/", versus.page, name="layout_versus"),
    path("plans/<int:number>/", plan.page, name="layout_plan"),
    path("plans/<int:number>/progress/", plan.progress, name="layout_progress"),
    path("plans/<int:number>/adopt/", plan.adopt, name="layout_adopt"),
    path("plans/<int:number>/restart/", plan.restart, name="layout_restart"),
]
