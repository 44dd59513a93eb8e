"""How the cost of siting grows with the number of candidates, and the published case of San Francisco.

    python benchmarks/siting.py                       made-up places: 50, 100, 200 candidates; ratios to the first
    python benchmarks/siting.py --published FOLDER    the 205 tracts and 16 stores that the library spopt ships with its tests

The folder holds SF_network_distance_candidateStore_16_censusTract_205_new.csv and SF_demand_205_centroid_uniform_weight.csv
of spopt (github.com/pysal/spopt, BSD-3-Clause; data collected by huanfachen/Open_source_location_cover_models). spopt's
documentation (notebook facloc-real-world) gives, for 4 stores and the population of 2000: p-median 2848268129.7145104,
mean distance 2982.1268579890657 m; maximal covering within 5,000 m 875,247 people.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from minzheng.domains.eldercare_layout.distances import walking_metres
from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.siting import Question, solve

DISTANCES = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
DEMAND = "SF_demand_205_centroid_uniform_weight.csv"
PUBLISHED = {Model.P_MEDIAN: 2848268129.7145104, Model.COVERAGE: 875247.0}


def published(folder: Path) -> bool:
    """Solves the published case; True where both objectives are reached."""
    with (folder / DISTANCES).open(encoding="utf-8", newline="") as handle:
        metres = {
            (row["DestinationName"], row["name"]): float(row["distance"]) for row in csv.DictReader(handle)
        }
    with (folder / DEMAND).open(encoding="utf-8", newline="") as handle:
        people = {row["NAME"]: float(row["POP2000"]) for row in csv.DictReader(handle)}
    tracts, stores = sorted({tract for tract, _ in metres}), sorted({store for _, store in metres})
    asked = Question(
        distances=np.array([[metres[tract, store] for store in stores] for tract in tracts]),
        weights=np.array([people[tract] for tract in tracts]),
        sites=4,
        standing=np.full(len(tracts), np.inf),
        reach=5000.0,
    )
    is_same = True
    for model, known in PUBLISHED.items():
        answer = solve(asked, model)
        is_same &= abs(answer.objective - known) <= 1e-9 * known and answer.is_proved
        print(
            f"{model:9} objective {answer.objective:.4f} published {known:.4f} bound {answer.bound:.4f} gap {answer.gap:.2g}"
        )
    return is_same


def grow(sizes: list[int], sites: int, seconds: float) -> None:
    """Places on a square of ten kilometres, one candidate at each, four centres that stand."""
    first: dict[Model, float] = {}
    print("candidates  model      ratio  gap")
    for size in sizes:
        draw = np.random.default_rng(size)
        at = np.c_[121.4 + draw.random(size) / 10, 31.2 + draw.random(size) / 10]
        metres = walking_metres(at, at, detour_percent=130)
        asked = Question(
            metres, draw.integers(50, 900, size).astype(float), sites, metres[:, :4].min(axis=1), 1000.0
        )
        for model in Model:
            answer = solve(asked, model, seconds=seconds)
            first.setdefault(model, answer.seconds)
            print(f"{size:10}  {model:9} {answer.seconds / first[model]:6.1f}  {answer.gap:.2g}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--published", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 200])
    parser.add_argument("--sites", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    if given.published:
        sys.exit(0 if published(given.published) else 1)
    grow(given.sizes, given.sites, given.seconds)
