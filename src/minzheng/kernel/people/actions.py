"""Verbs that change the register of people: over many rows, set by set, each row with its outcome.

Single corrections call the same verbs with one row. Nothing here reads the wall clock; the instant at which a fact was
learnt is the transaction's unless the caller names another.
"""

from minzheng.kernel.people.accounts import ACCOUNT_SCHEMA, set_account, set_accounts
from minzheng.kernel.people.fact_writing import FACT_RESULT_SCHEMA, FACT_SCHEMA, record_facts
from minzheng.kernel.people.merging import CannotMerge, merge_people, register_follower, undo_merge
from minzheng.kernel.people.registration import PEOPLE_SCHEMA, register_people
from minzheng.kernel.people.staging import RESULT_SCHEMA, Outcome, RowResult
from minzheng.kernel.people.vital import (
    CORRECTABLE,
    DEATH_SCHEMA,
    MOVE_SCHEMA,
    NAME_SCHEMA,
    correct_field,
    move_people,
    record_deaths,
    record_names,
)

__all__ = [
    "ACCOUNT_SCHEMA",
    "CORRECTABLE",
    "DEATH_SCHEMA",
    "FACT_RESULT_SCHEMA",
    "FACT_SCHEMA",
    "MOVE_SCHEMA",
    "NAME_SCHEMA",
    "PEOPLE_SCHEMA",
    "RESULT_SCHEMA",
    "CannotMerge",
    "Outcome",
    "RowResult",
    "correct_field",
    "merge_people",
    "move_people",
    "record_deaths",
    "record_facts",
    "record_names",
    "register_follower",
    "register_people",
    "set_account",
    "set_accounts",
    "undo_merge",
]
