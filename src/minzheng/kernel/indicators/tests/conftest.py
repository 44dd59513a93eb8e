"""Fixtures of the figures' tests."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from minzheng.kernel.indicators import records
from minzheng.kernel.indicators.model import Indicator
from minzheng.kernel.indicators.registry import _loaded, registry


@pytest.fixture
def declared(monkeypatch, settings):
    """`declared(*indicators)` makes these the only figures there are; forgotten at the end of the test."""

    def declare(*indicators: Indicator, ratios=(), facts=(), identities=()):
        part = SimpleNamespace(INDICATORS=indicators, RATIOS=ratios, FACTS=facts, IDENTITIES=identities)
        monkeypatch.setattr(records, "PARTS", {"test": part})
        settings.MINZHENG_DOMAINS, settings.MINZHENG_REGISTERS = [], []
        _loaded.cache_clear()
        return registry()

    yield declare
    _loaded.cache_clear()
