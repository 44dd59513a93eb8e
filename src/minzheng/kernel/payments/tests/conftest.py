"""The world of payments as a fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from minzheng.kernel.payments.tests.world import World, make_world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    yield make_world()
