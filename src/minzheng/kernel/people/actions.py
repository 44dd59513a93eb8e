"""Verbs that change the register of people: over many rows, set by set, each row with its outcome.

Single corrections call the same verbs with one row. Nothing here reads the wall clock; the instant at which a fact was
learnt is the transaction's unless the caller names another.
"""

from minzheng.kernel.people.registration import PEOPLE_SCHEMA, register_people

__all__ = ["PEOPLE_SCHEMA", "register_people"]
