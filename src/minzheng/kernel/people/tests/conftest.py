"""Everything here is done as the platform's service unless a test acts in a post of its own."""

import pytest


@pytest.fixture
def register_open(as_post):
    """The service's post over the whole city."""
    with as_post("service", "310000"):
        yield
