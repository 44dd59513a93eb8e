"""Addresses of this area."""

from django.urls import URLPattern, URLResolver, path

from minzheng.surfaces.web.beds import assessments, family, queue, resident, sharing

urlpatterns: list[URLPattern | URLResolver] = [
    path("my/care/", resident.home, name="my_care"),
    path("my/care/assessment/", resident.ask, name="my_care_ask"),
    path("my/care/assessment/<int:pk>/review/", resident.review, name="my_care_review"),
    path("my/care/homes/", resident.choose, name="my_homes"),
    path("my/care/queue/<int:pk>/<int:facility>/", resident.why, name="my_why_queue"),
    path("my/care/queue/<int:pk>/leave/", resident.leave, name="my_leave_queue"),
    path("my/care/offer/<int:pk>/", resident.one_offer, name="my_offer"),
    path("my/care/offer/<int:pk>/answer/", resident.answer, name="my_answer"),
    path("my/care/letter/<str:what>/<int:pk>/", resident.letter, name="my_care_letter"),
    path("work/assessments/", assessments.page, name="assessments"),
    path("work/assessments/new/", assessments.ask, name="assessment_ask"),
    path("work/assessments/<int:pk>/", assessments.one, name="assessment"),
    path("work/assessments/<int:pk>/letter/", assessments.letter, name="assessment_letter"),
    path("work/assessments/form/<int:pk>/", assessments.fill, name="assessor_form"),
    path("work/beds/", queue.page, name="bed_queue"),
    path("work/beds/<int:pk>/", queue.one, name="bed_waiting"),
    path("work/beds/<int:pk>/act/", queue.act, name="bed_waiting_act"),
    path("work/beds/<int:pk>/why/<int:facility>/", queue.why, name="bed_why"),
    path("work/beds/offers/", queue.offers, name="bed_offers"),
    path("work/beds/offers/now/", queue.share_out, name="bed_share_out"),
    path("work/beds/offers/<int:pk>/letter/", queue.letter, name="bed_offer_letter"),
    path("work/beds/runs/", sharing.run_list, name="bed_runs"),
    path("work/beds/runs/draft/", sharing.run_draft, name="bed_run_draft"),
    path("work/beds/runs/<int:pk>/", sharing.run_page, name="bed_run"),
    path("work/beds/runs/<int:pk>/act/", sharing.run_act, name="bed_run_act"),
    path("work/beds/pool/", sharing.pool, name="bed_pool"),
    path("work/beds/closures/", sharing.closures, name="bed_closures"),
    path("work/beds/closures/<int:pk>/", sharing.closure, name="bed_closure"),
    path("work/beds/family/", family.page, name="family_beds"),
    path("work/beds/family/<int:pk>/", family.one, name="family_bed"),
]
