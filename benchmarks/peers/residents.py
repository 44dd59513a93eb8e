"""Writes the population that all ways are measured on.

python benchmarks/peers/residents.py FOLDER 25m
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from measured import peak_mb

from minzheng.kernel.periods import Month
from minzheng.simulation.residents import parse_count, write_residents

began = time.perf_counter()
write_residents(parse_count(sys.argv[2]), Path(sys.argv[1]), Month(2022, 7))
print(json.dumps({"seconds": time.perf_counter() - began, "peak_mb": peak_mb()}))
