"""The door: who comes in is sent to their own pages; errors are said in words that help."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.access.middleware import open_to_all
from minzheng.surfaces.web.portal import catalogue
from minzheng.surfaces.web.portal.reading import wants_large_text


@open_to_all
def front(request: HttpRequest) -> HttpResponse:
    """The front door; whoever has signed in goes straight to their work or their own page.

    With large text residents too begin at the door, which is then a few large buttons.
    """
    actor = getattr(request, "actor", None)
    if actor is not None and not (actor.kind == RESIDENT and wants_large_text(request)):
        return redirect("my_home" if actor.kind == RESIDENT else "work_home")
    if actor is None and request.user.is_authenticated:
        return redirect("choose_post")
    return catalogue.front(request)


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switches between Chinese and English and returns to the page."""
    asked = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    answer = redirect(back)
    if asked in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            asked,
            max_age=365 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        translation.activate(asked)
    return answer


@open_to_all
def alive(request: HttpRequest) -> HttpResponse:
    """Answers when the database answers, for whoever watches the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Says that this may not be done in this post, and why."""
    return render(request, "web/refused.html", {"why": _own_language(str(exception or ""))}, status=403)


def _own_language(text: str) -> str:
    """Of a refusal written as Chinese, then English, the part the reader reads."""
    both = re.fullmatch(r"(.*[\u4e00-\u9fff”][。！]?)\s*((?:/ )?[A-Z][^\u4e00-\u9fff]*)", text, re.S)
    if both is None:
        return text
    return both[2].removeprefix("/ ") if translation.get_language() == "en" else both[1]


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Says the same whether a record does not exist or lies outside the post's scope."""
    return render(request, "web/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Says that nothing was saved and what to do; needs neither database nor session."""
    return render(request, "web/failed.html", status=500)
