"""Telling what was registered to the register of people (发布): marital status as a fact, the act as a life event.

An act binds at once; the register of people follows from the publication that the act's own statement wrote. A registrar may not
write the records of people from elsewhere, so the platform's service does, within the minute, over sets. The fact marks the
person's household, and what depends on it is judged anew.
"""

from __future__ import annotations

from datetime import date

import polars as pl
from django.db import transaction

from minzheng.domains.marriage_registration.models import Publication
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.people.actions import record_facts
from minzheng.kernel.people.relations import save_events
from minzheng.kernel.people.staging import execute, fetch

SOURCE = "民政"
UNMARRIED, MARRIED, DIVORCED, WIDOWED = 1, 2, 3, 4
"""Codes of the fact `marital_status`."""
EVENTS = {"marriage": "marriage", "divorce": "divorce", "revocation": "annulment"}

# The state is read from the ties as they stand, so telling late, twice or out of order comes to the same.
_STATES = """
    SELECT p.id, CASE WHEN bool_or(upper_inf(t.during)) THEN 2
        WHEN count(t.id) = 0 THEN 1
        WHEN (array_agg(t.end_reason ORDER BY upper(t.during) DESC))[1] = 'death' THEN 4 ELSE 3 END,
      coalesce(max(lower(t.during)) FILTER (WHERE upper_inf(t.during)), max(upper(t.during)), max(a.told))
    FROM (SELECT x.person, max(r."on") AS told FROM marriage_registration_registration r
            CROSS JOIN LATERAL (VALUES (r.man_person_id), (r.woman_person_id)) AS x (person)
          WHERE r.id = ANY(%s) AND x.person IS NOT NULL GROUP BY 1) a
      JOIN people_person p ON p.id = a.person
      LEFT JOIN marriage_registration_maritaltie t ON t.person_id = p.id AND NOT t.is_void
    GROUP BY p.id
"""


@transaction.atomic
def tell_entries(*, at_most: int = 20_000) -> int:
    """Tells the oldest entries that were not told yet, at most so many; returns how many.

    Two processes never tell one entry twice; one that fails gives its entries back.
    """
    require("people.edit")
    untold = list(
        Publication.objects.filter(told_at=None)
        .order_by("id")
        .select_for_update(skip_locked=True)
        .values_list("registration_id", flat=True)[:at_most]
    )
    if not untold:
        return 0
    states = fetch(_STATES, [untold])
    if states:
        frame = pl.DataFrame(
            [
                (row, person, "marital_status", state, start)
                for row, (person, state, start) in enumerate(states, 1)
            ],
            schema=["row", "person_id", "kind", "int_value", "start"],
            orient="row",
        )
        last = fetch('SELECT max("on") FROM marriage_registration_registration WHERE id = ANY(%s)', [untold])
        record_facts(frame, source=SOURCE, observed_on=max(last[0][0], *(start for *_, start in states)))
    save_events(
        [
            (person, EVENTS[kind], day, None, place, {"number": number})
            for kind, day, place, number, *both in fetch(
                """SELECT r.kind, r."on", r.division_code, r.number, r.man_person_id, r.woman_person_id
                   FROM marriage_registration_registration r
                   JOIN marriage_registration_publication p ON p.registration_id = r.id AND NOT p.outcome ? 'told'
                   WHERE r.id = ANY(%s) AND r.kind = ANY(%s) ORDER BY r.id""",
                [untold, list(EVENTS)],
            )
            for person in both
            if person is not None
        ],
        source=SOURCE,
    )
    execute(
        """UPDATE marriage_registration_publication SET told_at = now(), outcome = outcome || '{"told": true}'
           WHERE registration_id = ANY(%s)""",
        [untold],
    )
    record("marriage.tell", detail={"entries": len(untold), "people": len(states)})
    return len(untold)


def end_marriages_of_the_dead(*, on: date) -> int:
    """Ends every marriage one of whose parties has died (配偶死亡), and has the survivors' state told; returns how many."""
    require("marriage.register")
    ended = fetch("SELECT marriage_end_by_death(NULL)")[0][0]
    if ended:
        record("marriage.end_by_death", detail={"on": on, "ties": ended})
    return int(ended) // 2
