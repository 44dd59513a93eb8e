from __future__ import annotations

import pytest

from minzheng.kernel.inspections.tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()
