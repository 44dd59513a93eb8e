"""Row-level security of inspection tables: officials by place, a facility's posts by what is meant for the facility."""

from __future__ import annotations

from django.db import migrations

from minzheng.kernel.storage.guards import owner_role, statement, web_role

# No person is told by these rows, so inspectors and statisticians have them by their place too; a post of one facility has
# a place as well, and its neighbours are none of its business.
PLACE = (
    "(division_code >= (SELECT access_place_low()) AND division_code < (SELECT access_place_high())"
    " AND (SELECT facilities_mine()) IS NULL)"
)


def enable_inspection_scope(
    table: str,
    *,
    facility_when: str = "false",
    facility_inserts: bool = False,
    facility_updates: bool = False,
    public_when: str = "false",
) -> migrations.RunSQL:
    """Rows are read and written by officials of the place; the facility reads its own where `facility_when` holds.

    Args:
        facility_when: SQL on the row, true where the facility may see it; "false" for what only officials see.
        facility_inserts, facility_updates: whether the facility itself adds or changes such rows; triggers say to what.
        public_when: SQL on the row, true where everybody reads it.
    """
    own = (
        "false"
        if facility_when == "false"
        else f"(facility_id = (SELECT facilities_mine()) AND ({facility_when}))"
    )
    insert = f"({PLACE} OR {own})" if facility_inserts else PLACE
    update = f"({PLACE} OR {own})" if facility_updates else PLACE
    web = web_role()
    return statement(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web}" USING ({PLACE} OR {own} OR ({public_when}));
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web}" WITH CHECK ({insert});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web}" USING ({update}) WITH CHECK ({update});
        """,
        f"""
        DROP POLICY {table}_owner ON {table}; DROP POLICY {table}_read ON {table};
        DROP POLICY {table}_insert ON {table}; DROP POLICY {table}_update ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )
