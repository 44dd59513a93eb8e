"""A package of items written for one test."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from minzheng.kernel.items import Fault, load_items
from minzheng.kernel.items.loading import check_items

_numbers = itertools.count(1)

WriteItems = Callable[[str], str]


@pytest.fixture
def write_items(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteItems:
    """Writes a text as `service_items.yaml` of a new package and gives the package's name."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(text: str) -> str:
        package = f"items_of_test_{next(_numbers)}"
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("", encoding="utf-8")
        (tmp_path / package / "service_items.yaml").write_text(text, encoding="utf-8")
        importlib.invalidate_caches()
        return package

    return write


@pytest.fixture
def faults_of(write_items: WriteItems) -> Callable[[str], list[Fault]]:
    """The faults of a text of items."""
    return lambda text: check_items([write_items(text)])


@pytest.fixture
def load(write_items: WriteItems):
    """The catalogue of a text of items; it must have no fault."""
    return lambda text: load_items([write_items(text)])
