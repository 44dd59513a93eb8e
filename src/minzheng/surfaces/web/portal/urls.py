"""Addresses of the portal: what is open to everybody, then `my/cases/` for the resident who signed in."""

from django.urls import path

from minzheng.surfaces.web.portal import (
    apply,
    cases,
    catalogue,
    check,
    joined,
    letter_check,
    objections,
    papers,
    reading,
    trust,
)

urlpatterns = [
    path("large-text/", reading.large_text, name="large_text"),
    path("services/", catalogue.services, name="services"),
    path("services/<slug:code>/", catalogue.service, name="service"),
    path("check/", check.check, name="check"),
    path("check/how/", check.how, name="check_how"),
    path("letters/check/", letter_check.letters_check, name="letters_check"),
    path("services/<slug:code>/apply/", apply.start, name="portal_start"),
    path("my/cases/", cases.listed, name="portal_cases"),
    path("my/cases/<int:pk>/", cases.case, name="portal_case"),
    path("my/cases/<int:pk>/known/", apply.known, name="portal_known"),
    path("my/cases/<int:pk>/questions/", apply.questions, name="portal_questions_first"),
    path("my/cases/<int:pk>/questions/<int:number>/", apply.questions, name="portal_questions"),
    path("my/cases/<int:pk>/papers/", papers.papers, name="portal_papers"),
    path("my/cases/<int:pk>/household/", papers.ask_household, name="portal_ask_household"),
    path("my/cases/<int:pk>/papers/<slug:code>/", papers.hand_in, name="portal_hand_in"),
    path("my/cases/<int:pk>/send/", apply.check_answers, name="portal_check_answers"),
    path("my/cases/<int:pk>/receipt/", apply.receipt, name="portal_receipt"),
    path("my/cases/<int:pk>/letters/<int:letter_id>/", cases.letter, name="portal_letter"),
    path(
        "my/cases/<int:pk>/letters/<int:letter_id>.<str:form>", cases.letter_file, name="portal_letter_file"
    ),
    path("my/cases/<int:pk>/withdraw/", cases.withdraw, name="portal_withdraw"),
    path("my/cases/<int:pk>/review/<slug:kind>/", objections.review, name="portal_review"),
    path("my/trust/", trust.trust, name="portal_trust"),
    path("my/trust/authorise/<int:pk>/", trust.authorise, name="portal_authorise"),
    path("joined/<slug:code>/", joined.about, name="joined"),
    path("joined/<slug:code>/apply/", joined.apply, name="joined_apply"),
    path("my/joined/<int:pk>/", joined.bundle, name="portal_bundle"),
    path("my/trust/give/", trust.give, name="portal_trust_give"),
    path("my/trust/<int:pk>/revoke/", trust.revoke, name="portal_trust_revoke"),
    path("my/cases/<int:pk>/rate/", objections.rating, name="portal_rate"),
    path("my/cases/<int:pk>/help/", objections.ask, name="portal_ask"),
]
