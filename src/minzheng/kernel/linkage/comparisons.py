"""What is held against what, level by level, and which pairs are looked at at all (比对项目与分组).

The levels stand here once: the model is trained on them, pairs are weighed by them, and the screen names them by their
codes. A level is true where its SQL holds and none before it did; an empty value on either side says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Level:
    """One answer a comparison may give: its code for screens and the SQL that is true of it."""

    code: str
    sql: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing two records are held together by."""

    name: str
    empty: str
    levels: tuple[Level, ...]


def _near(column: str, most: int, parts: Sequence[str]) -> str:
    """So many changes apart; counting them is dear, so one of the parts has to agree before."""
    guard = " OR ".join(f"{part.format(column + '_l')} = {part.format(column + '_r')}" for part in parts)
    return f"CASE WHEN {guard} THEN damerau_levenshtein({column}_l, {column}_r) <= {most} ELSE false END"


_OF_NUMBER = ("right({0}, 5)", "substr({0}, 7, 6)", "CASE WHEN length({0}) < 15 THEN left({0}, 6) END")
_DATE = _near("birth", 1, ("left({0}, 6)", "right({0}, 5)"))
# Committees are numbered in the order of the official list, street by street; adjoining numbers lie near each other.
_NEXT = "abs(try_cast(substr(committee_l, 10) AS int) - try_cast(substr(committee_r, 10) AS int)) = 1"

COMPARISONS = (
    Compared(
        "name",
        "name_l IS NULL OR name_r IS NULL",
        (
            Level("same", "name_l = name_r"),
            Level("variant", "plain_l = plain_r"),
            Level("sound", "sound_l = sound_r"),
            Level("order", "signs_l = signs_r"),
            Level(
                "one_sign",
                "CASE WHEN surname_l = surname_r THEN damerau_levenshtein(plain_l, plain_r) <= 1 ELSE false END"
                " OR CASE WHEN length(plain_l) >= 6 AND length(plain_r) >= 6"
                " THEN jaro_winkler_similarity(plain_l, plain_r) >= 0.92 ELSE false END",
            ),
            Level(
                "part",
                "length(plain_l) >= 2 AND length(plain_r) >= 2"
                " AND (starts_with(plain_l, plain_r) OR starts_with(plain_r, plain_l))",
            ),
            Level("surname", "surname_l = surname_r"),
            Level("differs", "ELSE"),
        ),
    ),
    Compared(
        "birth",
        "birth_l IS NULL OR birth_r IS NULL",
        (
            Level("same", "birth_l = birth_r"),
            Level(
                "swapped",
                "substr(birth_l, 1, 4) = substr(birth_r, 1, 4)"
                " AND substr(birth_l, 6, 2) = substr(birth_r, 9, 2) AND substr(birth_l, 9, 2) = substr(birth_r, 6, 2)",
            ),
            Level("one_digit", _DATE),
            Level(
                "year_off",
                "substr(birth_l, 6) = substr(birth_r, 6)"
                " AND abs(try_cast(substr(birth_l, 1, 4) AS int) - try_cast(substr(birth_r, 1, 4) AS int)) <= 10",
            ),
            Level("year", "substr(birth_l, 1, 4) = substr(birth_r, 1, 4)"),
            Level("differs", "ELSE"),
        ),
    ),
    Compared(
        "place",
        "street_l IS NULL OR street_r IS NULL",
        (
            Level("household", "household_l = household_r"),
            Level("committee", "committee_l = committee_r"),
            Level("neighbour", f"street_l = street_r AND {_NEXT}"),
            Level("street", "street_l = street_r"),
            Level("district", "substr(street_l, 1, 6) = substr(street_r, 1, 6)"),
            Level("differs", "ELSE"),
        ),
    ),
    Compared(
        "number",
        "digits_l IS NULL OR digits_r IS NULL",
        (
            Level("same", "digits_l = digits_r"),
            Level("one_digit", _near("digits", 1, _OF_NUMBER)),
            Level("two_digits", _near("digits", 2, _OF_NUMBER)),
            Level("tail", "length(digits_l) > 7 AND right(digits_l, 4) = right(digits_r, 4)"),
            Level("differs", "ELSE"),
        ),
    ),
    Compared(
        "sex",
        "sex_l IS NULL OR sex_r IS NULL",
        (Level("same", "sex_l = sex_r"), Level("differs", "ELSE")),
    ),
    Compared(
        "phone",
        "phone_l IS NULL OR phone_r IS NULL",
        (
            Level("same", "phone_l = phone_r"),
            Level("one_digit", _near("phone", 1, ("left({0}, 7)", "right({0}, 4)"))),
            Level("differs", "ELSE"),
        ),
    ),
)

# Only pairs that agree in one of these are weighed. Each names two or three things, so that a group stays small however
# large the register grows: a day of birth and a sound of surname, a full sound and a year.
BLOCKS = (
    "l.birth = r.birth AND l.surname = r.surname",
    "l.birth = r.birth AND l.street = r.street",
    "l.sound = r.sound AND substr(l.birth, 1, 4) = substr(r.birth, 1, 4)",
    "l.sound = r.sound AND substr(l.birth, 6) = substr(r.birth, 6)",
    "l.sound = r.sound AND l.street = r.street",
    "l.signs = r.signs AND l.street = r.street",
    "l.household = r.household",
    "l.digits = r.digits",
    "left(l.digits, 17) = left(r.digits, 17)",
    "right(l.digits, 12) = right(r.digits, 12)",
    "right(l.digits, 4) = right(r.digits, 4) AND l.surname = r.surname",
    "l.phone = r.phone",
)


COLUMNS = (
    "unique_id", "name", "plain", "sound", "signs", "surname", "birth", "committee", "street", "household", "digits",
    "number", "sex", "phone", "tf_name",
)  # fmt: skip


def settings_of(
    link_type: str, parameters: dict[str, Any] | None = None, *, prior: float = 1e-6
) -> dict[str, Any]:
    """Splink's settings: the levels above with a model's probabilities, or without any for training.

    Args:
        parameters: `{comparison: {level: {"m": …, "u": …}}}`.
        prior: how likely two records picked at random are one person.
    """
    comparisons = []
    for compared in COMPARISONS:
        levels: list[dict[str, Any]] = [
            {"sql_condition": compared.empty, "label_for_charts": "empty", "is_null_level": True}
        ]
        for level in compared.levels:
            told: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.code}
            if parameters:
                told |= {
                    "m_probability": parameters[compared.name][level.code]["m"],
                    "u_probability": parameters[compared.name][level.code]["u"],
                }
            # Who bears a rare name is more surely the one than who bears a common one.
            if (compared.name, level.code) == ("name", "same"):
                told |= {
                    "tf_adjustment_column": "name",
                    "tf_adjustment_weight": 1.0,
                    "tf_minimum_u_value": 1e-6,
                }
            levels.append(told)
        comparisons.append({"output_column_name": compared.name, "comparison_levels": levels})
    return {
        "link_type": link_type,
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": prior,
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": list(BLOCKS),
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "additional_columns_to_retain": ["number"],
        "max_iterations": 25,
        "em_convergence": 0.0001,
    }
