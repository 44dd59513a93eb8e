"""Large text for older people (适老化): a switch in the head of every page, kept in a cookie of this browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from minzheng.kernel.access.middleware import open_to_all

COOKIE = "large_text"
YEAR = 365 * 24 * 3600


def wants_large_text(request: HttpRequest) -> bool:
    """Whether this browser asked for large text."""
    return request.COOKIES.get(COOKIE) == "1"


@open_to_all
@require_POST
def large_text(request: HttpRequest) -> HttpResponse:
    """Switches large text on or off and returns to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = redirect(back)
    if request.POST.get("large") == "1":
        answer.set_cookie(
            COOKIE, "1", max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        answer.delete_cookie(COOKIE)
    return answer
