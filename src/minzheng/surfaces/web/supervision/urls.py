"""Addresses of supervision at work."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.supervision import campaigns, credit, findings, hub, penalties, plans, visits

urlpatterns: list[URLPattern | URLResolver] = [
    path("", hub.page, name="supervision"),
    path("facilities/<int:pk>/", hub.facility, name="supervision_facility"),
    path("publish/<str:kind>/<int:pk>/", hub.publish, name="supervision_publish"),
    path("withdraw/<int:pk>/", hub.take_down, name="supervision_withdraw"),
    path("plans/", plans.listing, name="supervision_plans"),
    path("plans/<int:pk>/", plans.page, name="supervision_plan"),
    path("plans/<int:pk>/<str:act>/do/", plans.act, name="supervision_plan_act"),
    path("plans/<int:pk>/verify/", plans.verification, name="supervision_verify"),
    path("plans/<int:pk>/file/", plans.file, name="supervision_plan_file"),
    path("visits/", visits.listing, name="supervision_visits"),
    path("visits/<int:pk>/", visits.page, name="supervision_visit"),
    path("visits/<int:pk>/answer/", visits.answer, name="supervision_answer"),
    path("visits/<int:pk>/<str:act>/do/", visits.act, name="supervision_visit_act"),
    path("findings/", findings.listing, name="supervision_findings"),
    path("findings/<int:pk>/", findings.page, name="supervision_finding"),
    path("findings/<int:pk>/<str:act>/do/", findings.act, name="supervision_finding_act"),
    path("findings/<int:pk>/file/<str:kind>/<int:number>/", findings.file, name="supervision_file"),
    path("penalties/<int:pk>/", penalties.page, name="supervision_penalty"),
    path("penalties/<int:pk>/<str:act>/do/", penalties.act, name="supervision_penalty_act"),
    path("campaigns/", campaigns.listing, name="supervision_campaigns"),
    path("campaigns/<int:pk>/", campaigns.page, name="supervision_campaign"),
    path("campaigns/<int:pk>/close/", campaigns.close, name="supervision_campaign_close"),
    path("credit/", credit.listing, name="supervision_credit"),
    path("credit/all/<str:act>/", credit.act_on_all, name="supervision_credit_all"),
    path("credit/<int:pk>/", credit.page, name="supervision_sheet"),
    path("credit/<int:pk>/<str:act>/<int:number>/", credit.act, name="supervision_sheet_act"),
]
