"""Splink on DuckDB, kept behind two functions: learn a model's probabilities, weigh pairs with them.

Splink and DuckDB are imported where they work and not before, since only jobs, the trainer and the benchmark use them.
One thread and fixed seeds make the same model out of the same records.
"""

from __future__ import annotations

import logging
from typing import Any

import polars as pl

from minzheng.kernel.linkage.comparisons import COMPARISONS, settings_of

SEED = 20221125
FLOOR = 1e-6
"""No answer is impossible: a probability that was never observed counts as one in a million (u) or one in a thousand (m)."""
FLOOR_M = 1e-3
_SAMPLED_PAIRS = 1_000_000
# Each round holds something as agreed and learns the others from the pairs that agree in it.
_ROUNDS = ("l.birth = r.birth", "l.name = r.name", "l.sound = r.sound AND l.street = r.street")

Parameters = dict[str, dict[str, dict[str, float]]]


def _linker(frames: list[pl.DataFrame], settings: dict[str, Any], *, threads: int) -> Any:
    import duckdb
    from splink import DuckDBAPI, Linker

    for name in ("splink", "splink.internals"):
        logging.getLogger(name).setLevel(logging.ERROR)
    api = DuckDBAPI(duckdb.connect(config={"threads": str(threads)}))
    names = ("rows", "register")
    registered = [
        api.register(frame.to_arrow(), dataset_display_name=name)
        for frame, name in zip(frames, names, strict=False)
    ]
    return Linker(registered if len(registered) > 1 else registered[0], settings, log_level=logging.ERROR)


def learn(rows: pl.DataFrame, register: pl.DataFrame, *, pairs: int = _SAMPLED_PAIRS) -> Parameters:
    """How often each answer is given by one person's two records (m) and by two people's (u).

    u comes from random pairs of the register, m by expectation-maximisation over rows held against it.

    Args:
        rows, register: frames of `records.frame_of`; most rows should name somebody of the register.
    """
    ordered = [frame.sort("unique_id") for frame in (rows, register)]
    linker = _linker(ordered, settings_of("link_only", prior=1 / max(register.height, 2)), threads=1)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=pairs, seed=SEED, min_count_per_level=None, num_chunks=1
    )
    for rule in _ROUNDS:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, fix_u_probabilities=True)
    return _parameters(linker.misc.save_model_to_json())


def _parameters(model: dict[str, Any]) -> Parameters:
    told = {one["output_column_name"]: one["comparison_levels"] for one in model["comparisons"]}
    found: Parameters = {}
    for compared in COMPARISONS:
        by_code = {level["label_for_charts"]: level for level in told[compared.name]}
        found[compared.name] = {
            level.code: {
                "m": _rounded(by_code[level.code].get("m_probability"), FLOOR_M),
                "u": _rounded(by_code[level.code].get("u_probability"), FLOOR),
            }
            for level in compared.levels
        }
    return found


def _rounded(value: Any, floor: float) -> float:
    # Splink writes a sentence where a level never occurred.
    number = float(value) if isinstance(value, (int, float)) else 0.0
    return float(f"{max(number, floor):.6g}")


def weigh(
    rows: pl.DataFrame, register: pl.DataFrame | None, parameters: Parameters, *, prior: float, least: float
) -> pl.DataFrame:
    """Pairs worth a look: `left`, `right`, `weight` (bits, the prior's included), `probability`, and a weight by comparison.

    Pairs of people with two different sound numbers are left out, whatever they weigh.

    Args:
        register: None to hold the rows against each other.
        prior: how likely two records picked at random are one person.
        least: the probability below which a pair is not told.
    """
    frames = [rows] if register is None else [rows, register]
    if any(frame.is_empty() for frame in frames):
        return pl.DataFrame(schema=_PAIRS)
    kind = "dedupe_only" if register is None else "link_only"
    linker = _linker(frames, settings_of(kind, parameters, prior=prior), threads=2)
    predicted = linker.inference.predict(threshold_match_probability=least)
    found = pl.from_arrow(predicted.as_pyarrow_table())
    assert isinstance(found, pl.DataFrame)
    found = found.filter(~((pl.col("number_l") != pl.col("number_r")).fill_null(False)))
    # Splink orders the sides by the names of the sets: "register" comes before "rows".
    turned = register is not None and (
        "source_dataset_l" in found.columns
        and found.height > 0
        and found["source_dataset_l"][0] == "register"
    )
    left, right = ("unique_id_r", "unique_id_l") if turned else ("unique_id_l", "unique_id_r")
    answers = [
        _answer(found, compared.name, [level.code for level in compared.levels]) for compared in COMPARISONS
    ]
    return found.select(
        pl.col(left).alias("left"),
        pl.col(right).alias("right"),
        pl.col("match_weight").alias("weight"),
        pl.col("match_probability").alias("probability"),
        *[one for pair in answers for one in pair],
    ).sort("left", "weight", "right", descending=[False, True, False])


def _answer(found: pl.DataFrame, name: str, codes: list[str]) -> tuple[pl.Expr, pl.Expr]:
    """The level's code and its weight; Splink counts levels down from the first."""
    gamma = pl.col(f"gamma_{name}")
    code = gamma.replace_strict(
        {len(codes) - 1 - at: code for at, code in enumerate(codes)} | {-1: ""},
        default="",
        return_dtype=pl.String,
    )
    weight = pl.col(f"mw_{name}")
    if f"mw_tf_adj_{name}" in found.columns:
        weight = weight + pl.col(f"mw_tf_adj_{name}").fill_null(0)
    return code.alias(f"{name}_level"), weight.alias(f"{name}_weight")


_PAIRS: dict[str, Any] = {
    "left": pl.String,
    "right": pl.String,
    "weight": pl.Float64,
    "probability": pl.Float64,
    **{
        f"{one.name}_{what}": dtype
        for one in COMPARISONS
        for what, dtype in (("level", pl.String), ("weight", pl.Float64))
    },
}
