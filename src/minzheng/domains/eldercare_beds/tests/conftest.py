"""Fixtures of this domain's tests."""

from __future__ import annotations

import pytest

from minzheng.domains.eldercare_beds.tests.town import Town


@pytest.fixture
def town(db) -> Town:
    return Town()
