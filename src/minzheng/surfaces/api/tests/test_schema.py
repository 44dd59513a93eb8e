"""Whatever is sent, the interface answers as its document says: never with a fault of its own, never without a token."""

from __future__ import annotations

import pytest
import schemathesis
from django.core import signals
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from minzheng.kernel.cases.tests import world as casework
from minzheng.surfaces.api.tests import world
from minzheng.surfaces.api.urls import api

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
document = schemathesis.openapi.from_dict(api.get_openapi_schema(), config=SchemathesisConfig())
document.app = get_internal_wsgi_application()
QUIET = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
]


@pytest.fixture
def seeded(db, settings):
    settings.MINZHENG_RATE_LIMITS = False
    # A request ends its connection by itself, and the test's rows with it.
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield world.passed_on(casework.poor_household())
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(seeded) -> str:
    return world.token_of(world.police())


@document.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
def test_a_partner_is_answered_as_the_document_says(case, token, seeded):
    aim_at(case, seeded.pk)
    case.call_and_validate(headers={**headers_of(case), "Authorization": f"Bearer {token}"}, checks=CHECKS)


@document.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=QUIET)
def test_whoever_has_no_token_is_told_of_no_case(case, seeded):
    aim_at(case, seeded.pk)
    answer = case.call_and_validate(headers=headers_of(case), checks=[*CHECKS, unsupported_method])
    if "/cases" in case.operation.path:
        # 405 for a way of asking that no path offers.
        assert answer.status_code in (401, 405)


@document.include(path_regex="/cases").parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=QUIET)
def test_a_token_is_really_asked_for(case, token, seeded):
    aim_at(case, seeded.pk)
    case.call_and_validate(
        headers={**headers_of(case), "Authorization": f"Bearer {token}"}, checks=[ignored_auth]
    )


def headers_of(case) -> dict[str, str]:
    return {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}


def aim_at(case, pk: int) -> None:
    """Half of the messages name a case that there is, so that they go past the door."""
    found = case.path_parameters.get("case_id") if case.path_parameters else None
    if isinstance(found, int) and found % 2:
        case.path_parameters["case_id"] = pk
