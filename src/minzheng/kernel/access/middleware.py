"""Runs each request as its acting post or resident, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from minzheng.kernel.access.acting import acting, acting_as_resident
from minzheng.kernel.access.errors import LimitExceeded, PostNotInForce
from minzheng.kernel.access.queries import posts_of, resident_of
from minzheng.kernel.audit import record
from minzheng.kernel.periods import today

View = TypeVar("View", bound=Callable[..., Any])

# The session's key for the post an official chose.
POST = "access_post"


def open_to_all(view: View) -> View:
    """Marks a view that needs nobody to act: sign-in, language, help. Every other view is closed to those (默认拒绝)."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


class ActingMiddleware:
    """Sets `request.actor` (None: nobody acts) and `request.posts`; the view's queries run as that actor.

    The transaction is rolled back when the view raised or answered 500 or above. Sessions and counted sign-in failures
    are outside it. A refusal is recorded after the rollback.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.actor, request.posts, request.failure = None, [], None
        if not request.user.is_authenticated:
            return self.get_response(request)
        block = self._actor(request)
        if block is None:
            return self._personal(self.get_response(request))
        try:
            with block as request.actor:
                response = self.get_response(request)
                if response.status_code >= 500 or request.failure is not None:
                    transaction.set_rollback(True)
                if response.streaming and not isinstance(response, FileResponse):
                    # It would be read after the commit, when nobody acts and every guarded table is empty.
                    raise RuntimeError(
                        "A streamed answer cannot read the registers; write a file and send that."
                    )
        except PostNotInForce:
            if request.actor is not None:
                raise
            # The post ended between choosing it and this request.
            request.session.pop(POST, None)
            return redirect("choose_post")
        if isinstance(request.failure, PermissionDenied):
            self._trace_refusal(request, request.failure)
        return self._personal(response)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Closes every view that is not marked open to those who act as nobody."""
        if request.actor is not None or getattr(view, "open_to_all", False):
            return None
        if request.user.is_authenticated:
            answer: HttpResponseBase = redirect_to_login(request.get_full_path(), resolve_url("choose_post"))
        else:
            answer = redirect_to_login(request.get_full_path())
        if request.headers.get("HX-Request") == "true":
            # HTMX would put the sign-in page into the middle of the present one.
            return HttpResponse(status=204, headers={"HX-Redirect": answer["Location"]})
        return answer

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        request.failure = exception
        return too_many(request, exception) if isinstance(exception, LimitExceeded) else None

    def _actor(self, request: Any) -> AbstractContextManager[Any] | None:
        address = request.META.get("REMOTE_ADDR", "")
        person_id = resident_of(request.user.pk)
        if person_id is not None:
            return acting_as_resident(person_id, address=address)
        request.posts = posts_of(request.user.pk, today())
        chosen = request.session.get(POST)
        if len(request.posts) == 1:
            return acting(request.posts[0], address=address)
        for post in request.posts:
            if post.pk == chosen:
                return acting(post, address=address)
        return None

    @staticmethod
    def _personal(response: HttpResponseBase) -> HttpResponseBase:
        # What one official saw must not stay in a shared computer's cache.
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response

    def _trace_refusal(self, request: Any, refusal: PermissionDenied) -> None:
        block = self._actor(request)
        if block is not None:
            with block:
                record("access.refused", subject=request.path[:500], detail={"why": str(refusal)[:500]})


def too_many(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page that asks to wait a minute (429)."""
    try:
        text: str = render_to_string("429.html", {"message": str(error)}, request=request)
    except TemplateDoesNotExist:
        text = str(error)
    return HttpResponse(text, status=429, headers={"Retry-After": "60"})
