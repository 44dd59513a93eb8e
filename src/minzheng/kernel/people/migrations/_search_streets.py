"""SQL of the search by letters within a street: two indexes that begin with the street and go on in the order of the answer.

By common keys of place and letters, both lists were read: the city's bearers of a surname counted for a street's officer
as well. An index that begins with the street does not know of them.
"""

from __future__ import annotations

from minzheng.kernel.people.migrations._search import (
    BY_KEYS,
    INITIALS,
    KEYED,
    LETTERS,
    PINYIN,
    SEEN,
    keys_function,
    search_function,
)

_PLACES = {"home": "division_code", "hukou": "hukou_division_code"}
_ORDERS = {"pinyin": (PINYIN,), "initials": (INITIALS, PINYIN)}


def _in_street(place: str, order: tuple[str, ...]) -> str:
    of = order[0].format("p.")
    by = ", ".join(part.format("p.") for part in order)
    return f"""
        (SELECT p.id, NULL::text AS matched FROM public.people_person p
         WHERE left(p.{place}, 9) = left(low, 9) AND {of} >= q AND {of} < q || '~' AND {SEEN}
         ORDER BY {by}, p.id LIMIT n)"""


def _index(name: str, place: str, told: str, order: tuple[str, ...]) -> str:
    by = ", ".join(f"({part.format('')})" for part in order)
    return f"CREATE INDEX people_person_{name}_{told} ON people_person (left({place}, 9), {by}, id);\n"


_EVERY = [(name, place, told, order) for name, place in _PLACES.items() for told, order in _ORDERS.items()]
_DROP = "DROP FUNCTION people_search(text, int); DROP INDEX people_person_keys;\n"
STREETS = (
    _DROP
    + keys_function()
    + KEYED
    + "".join(_index(*one) for one in _EVERY)
    + search_function([_in_street(place, order) for _name, place, _told, order in _EVERY]),
    _DROP
    + "".join(f"DROP INDEX people_person_{name}_{told};" for name, _place, told, _order in _EVERY)
    + keys_function(LETTERS)
    + KEYED
    + search_function(BY_KEYS),
)
