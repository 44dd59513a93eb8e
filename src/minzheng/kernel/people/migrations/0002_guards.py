"""Who may see and write which person: the database's own rules, and the one guarded way to search by name.

A person is in scope where the residence or the hukou is. Records that hang on a person ask the person's own policy, by
the primary key; a city-wide post skips that question, so that jobs over the whole city do not pay for it. A resident
sees the own record and the household belonged to, and nothing of its other members: what a household's means test rests
on is theirs too, and the explanation of a decision shows each only their own part.
"""

from django.db import migrations

from minzheng.kernel.people.migrations._sql import OWN_HOUSEHOLD, SEARCH, TAKEN, hangs_on_person
from minzheng.kernel.storage.guards import (
    append_only,
    enable_scope,
    grant_web,
    owner_role,
    statement,
    web_role,
)

WRITTEN = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("access", "0002_guards"), ("audit", "0001_initial")]

    operations = [
        statement(*OWN_HOUSEHOLD),
        grant_web("people_person", "SELECT, INSERT, UPDATE"),
        enable_scope(
            "people_person", division_columns=("division_code", "hukou_division_code"), person_column="id"
        ),
        grant_web("people_household", "SELECT, INSERT, UPDATE"),
        enable_scope("people_household"),
        statement(
            f"""CREATE POLICY people_household_own ON people_household FOR SELECT TO "{web_role()}"
                USING (id = (SELECT people_own_household()))""",
            "DROP POLICY people_household_own ON people_household",
        ),
        *(
            operation
            for table in ("identifier", "personname", "membership", "residence", "hukourecord", "bankaccount")
            for operation in (
                grant_web(f"people_{table}", WRITTEN),
                statement(*hangs_on_person(f"people_{table}", owner_role(), web_role())),
            )
        ),
        # A fact is superseded and never deleted.
        grant_web("people_fact", "SELECT, INSERT, UPDATE"),
        statement(*hangs_on_person("people_fact", owner_role(), web_role(), or_household=True)),
        grant_web("people_lifeevent", "SELECT, INSERT"),
        append_only("people_lifeevent"),
        statement(*hangs_on_person("people_lifeevent", owner_role(), web_role())),
        grant_web("people_merge", "SELECT, INSERT, UPDATE"),
        statement(*hangs_on_person("people_merge", owner_role(), web_role(), person="survivor_id")),
        statement(*SEARCH),
        statement(*TAKEN),
    ]
