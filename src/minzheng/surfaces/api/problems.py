"""Refusals as data (问题详情, RFC 9457): what was wrong with which field, what was expected, what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from minzheng.kernel.access import LimitExceeded
from minzheng.kernel.cases.errors import CaseChanged, CaseError, CaseNotFound, StillMissing

MEDIA_TYPE = "application/problem+json"
_LOOK_UP = "See docs/reference/api.md or openapi.json."


class Fault(Schema):
    """One thing that was wrong."""

    field: str
    expected: str
    what_to_do: str


class Problem(Schema):
    """Why a request was refused; nothing was changed."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class Refusal(Exception):
    """A refusal of the interface itself, with its status."""

    def __init__(self, status: int, detail: str, *faults: Fault) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults = status, detail, faults


def problem(status: int, detail: str, *faults: Fault) -> HttpResponse:
    """A refusal as an answer."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(faults))
    answer = JsonResponse(body.model_dump(), status=status, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = MEDIA_TYPE
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer["Retry-After"] = "60"
    return answer


def _about_case(error: CaseError) -> HttpResponse:
    if isinstance(error, CaseNotFound):
        return problem(404, str(error))
    faults = [Fault(field="papers", expected=one, what_to_do="Wait until it has come, or give the case back.")
              for one in (error.missing if isinstance(error, StillMissing) else [])]  # fmt: skip
    if isinstance(error, CaseChanged):
        faults = [
            Fault(field="version", expected="the case's present version", what_to_do="Read the case again.")
        ]
    return problem(409, str(error), *faults)


def _field_of(location: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in location[1:] if part not in ("message", "data")) or str(location[0])


def _about_input(error: ValidationError) -> HttpResponse:
    faults = [
        Fault(field=_field_of(tuple(one["loc"])), expected=str(one["msg"]), what_to_do=_LOOK_UP)
        for one in error.errors
    ]
    return problem(422, "请求内容不符合接口约定 / the request is not as the interface expects", *faults)


def install(api: NinjaAPI) -> None:
    """Makes every refusal of the interface a problem document."""
    handle = api.exception_handler

    @handle(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return _about_input(error)

    @handle(Refusal)
    def _refused(request: HttpRequest, error: Refusal) -> HttpResponse:
        return problem(error.status, error.detail, *error.faults)

    @handle(CaseError)
    def _case(request: HttpRequest, error: CaseError) -> HttpResponse:
        return _about_case(error)

    @handle(AuthenticationError)
    def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(
            401,
            "缺少有效的令牌 / no valid token",
            Fault(
                field="Authorization",
                expected="Bearer <token>",
                what_to_do="Ask the platform's security administrator for a token of your post.",
            ),
        )

    @handle(PermissionDenied)
    def _forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return problem(403, str(error))

    @handle(LimitExceeded)
    def _too_many(request: HttpRequest, error: LimitExceeded) -> HttpResponse:
        return problem(429, str(error))

    @handle(Http404)
    def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, str(error) or "没有这个资源 / there is no such thing")

    @handle(HttpError)
    def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))
