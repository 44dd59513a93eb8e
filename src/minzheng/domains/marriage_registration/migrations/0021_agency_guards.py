"""Who sees agencies, campaigns, photographs; pairs as totals for statisticians, who see no entry."""

from django.db import migrations

from minzheng.domains.marriage_registration.migrations._sql import office_scope
from minzheng.kernel.access.guards import statistics_view
from minzheng.kernel.storage.guards import append_only, grant_web, owner_role, statement, web_role

APP = "marriage_registration"


def place_scope(table: str, name: str, *, is_public: bool = False) -> migrations.RunSQL:
    """Rows of a place that name nobody: read there by every post (inspectors too), written by its posts alone."""
    inside = "(division_code >= (SELECT access_place_low()) AND division_code < (SELECT access_place_high()))"
    read = "true" if is_public else inside
    return statement(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {name}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {name}_read ON {table} FOR SELECT TO "{web_role()}" USING ({read});
        CREATE POLICY {name}_insert ON {table} FOR INSERT TO "{web_role()}" WITH CHECK {inside};
        CREATE POLICY {name}_update ON {table} FOR UPDATE TO "{web_role()}" USING {inside} WITH CHECK {inside};
        """,
        f"""
        DROP POLICY {name}_owner ON {table}; DROP POLICY {name}_read ON {table};
        DROP POLICY {name}_insert ON {table}; DROP POLICY {name}_update ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


class Migration(migrations.Migration):
    dependencies = [(APP, "0020_agencies")]

    operations = [
        grant_web(f"{APP}_agency", "SELECT, INSERT, UPDATE"),
        grant_web(f"{APP}_campaign", "SELECT, INSERT, UPDATE"),
        grant_web(f"{APP}_target", "SELECT, INSERT, UPDATE"),
        grant_web(f"{APP}_attachment", "SELECT, INSERT"),
        append_only(f"{APP}_attachment"),
        place_scope(f"{APP}_agency", "marriage_agency", is_public=True),
        place_scope(f"{APP}_campaign", "marriage_campaign"),
        place_scope(f"{APP}_target", "marriage_target"),
        statement(*office_scope(f"{APP}_attachment", "marriage_attachment")),
        statistics_view(
            "statistics_marriage_pairs",
            """
            SELECT division_code, office_id, extract(year FROM "on")::int AS year, extract(month FROM "on")::int AS month,
                   kind, is_cross_district, count(*) AS pairs
            FROM marriage_registration_registration WHERE kind IN ('marriage', 'divorce') GROUP BY 1, 2, 3, 4, 5, 6
            """,
        ),
    ]
