"""Fixtures of every test: a real PostgreSQL, used as the web role; acting posts."""

from __future__ import annotations

import os
import tempfile

# Tests keep their files apart from the installation's, and from those of a process that runs other tests beside this one;
# the server is shared, its databases are not.
if "PYTEST_XDIST_WORKER" in os.environ or "MINZHENG_TEST_FILES" not in os.environ:
    os.environ["MINZHENG_TEST_FILES"] = tempfile.mkdtemp(prefix="minzheng-test-")

from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from minzheng.kernel.storage import testing

# How long an example takes says how busy the machine is, nothing about what holds.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

pytest_plugins = ["minzheng.kernel.access.testing"]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request in English leaves English on its thread; the next test starts in Chinese all the same."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Replaces pytest-django's own: the owner migrates a template, the run works on a clone as the web role."""
    with django_db_blocker.unblock():
        template = testing.template_database()
        with testing.cloned_database(template):
            yield


@pytest.fixture
def fresh_database(django_db_blocker, django_db_setup):
    """An own, committed database for tests of concurrency, kills and second connections; yields its name."""
    with django_db_blocker.unblock():
        template = testing.template_database()
        with testing.cloned_database(template, "fresh") as name:
            yield name
