"""The benchmarks run; how fast is for whoever starts them, not for a test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_the_benchmark_of_casework_fills_measures_and_compares(django_db_setup):
    done = subprocess.run(
        [sys.executable, "benchmarks/casework.py", "--cases", "2000", "--seconds", "1"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    for line in ("queue page", "case by its number", "a person's cases", "partner's page", "figures of a year",
                 "send a case", "accept and decide"):  # fmt: skip
        assert re.search(rf"{line} +\d+\.\d\d +\d", done.stdout), line
    assert float(re.search(r"([\d.]+) submissions a second", done.stdout)[1]) > 0


@pytest.mark.slow
def test_the_benchmark_of_figures_counts_and_compares(django_db_setup):
    done = subprocess.run(
        [sys.executable, "benchmarks/indicators.py", "--cases", "500"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    for line in ("first count", "count, nothing changed", "count after a late fact", "every identity"):
        assert re.search(rf"{line} +\d+\.\d\d", done.stdout), line
