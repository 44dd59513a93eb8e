"""Row-level security of tables that belong to a facility: its place's officials, and the posts of the facility itself."""

from __future__ import annotations

from django.db import migrations

from minzheng.kernel.storage.guards import owner_role, statement, web_role


def enable_facility_scope(
    table: str, *, facility_column: str = "facility_id", division_column: str = "division_code",
    person_column: str | None = None, public: bool = False, written_by_facility: bool = True,
    names_nobody: bool = False,
) -> migrations.RunSQL:  # fmt: skip
    """Rows are seen and written by posts whose subtree holds `division_column`, and by posts of the row's facility.

    Args:
        person_column: whom the row is about; a resident sees their own rows.
        public: the row names nobody, and everybody reads it.
        written_by_facility: False where the facility may read what officials write about it and not write itself.
        names_nobody: no person is told by the rows, so that posts without sight of the registers (inspectors,
            statisticians) have them by their place too.
    """
    low, high = (
        ("access_place_low()", "access_place_high()") if names_nobody else ("access_low()", "access_high()")
    )
    inside = f"({division_column} >= (SELECT {low}) AND {division_column} < (SELECT {high}))"
    # A post of one facility has a place as well; its neighbours are none of its business.
    place = f"({inside} AND (SELECT facilities_mine()) IS NULL)"
    own = f"{facility_column} = (SELECT facilities_mine())"
    person = f" OR {person_column} = (SELECT access_person())" if person_column else ""
    read = "true" if public else f"({place} OR {own}{person})"
    write = f"({place} OR {own})" if written_by_facility else place
    return statement(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web_role()}" USING ({read});
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web_role()}" WITH CHECK ({write});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web_role()}" USING ({write}) WITH CHECK ({write});
        CREATE POLICY {table}_delete ON {table} FOR DELETE TO "{web_role()}" USING ({write});
        """,
        f"""
        DROP POLICY {table}_owner ON {table}; DROP POLICY {table}_read ON {table};
        DROP POLICY {table}_insert ON {table}; DROP POLICY {table}_update ON {table};
        DROP POLICY {table}_delete ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )
