"""The platform's own engines, measured as their rivals are.

python benchmarks/peers/rules.py POPULATION OUT.parquet --engine kernel [--month 2022-05]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from measured import measured

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import evaluate_population


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("population", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--engine", required=True)
    options.add_argument("--month", type=Month.parse, default=Month(2022, 7))
    chosen = options.parse_args()
    programmes = load_programmes(DOMAINS)
    with measured(chosen.out) as more:
        law = compile_law(programmes, chosen.month)
        record = chosen.out.with_suffix(".json")
        run = evaluate_population(
            law, chosen.population, chosen.out, record, engine=chosen.engine, another_month=True
        )
        more["sha256"] = run.findings_sha256


if __name__ == "__main__":
    main()
