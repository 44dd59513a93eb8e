"""SQL for migrations: views that give figures without persons (统计视图)."""

from __future__ import annotations

import re

from django.db import migrations

from minzheng.kernel.storage.guards import statement, web_role
from minzheng.kernel.storage.server import STATISTICS

_READERS = "'statistician', 'city_policy_officer', 'district_reviewer', 'auditor', 'service'"


def statistics_view(name: str, query: str) -> migrations.RunSQL:
    """A view of city-wide totals, read by the statistics role and by posts that may read statistics.

    It runs as the owner, so it sees every row whatever the reader's place, at the speed of a table without policies;
    therefore the query must give totals only. It is refused unless it groups or adds up.

    Raises:
        ValueError: the query neither groups nor adds up, or the name does not begin with `statistics_`.
    """
    if not re.fullmatch(r"statistics_[a-z0-9_]+", name):
        raise ValueError(f"{name}: a view of figures is called statistics_…")
    if not re.search(r"\bgroup\s+by\b|\b(count|sum)\s*\(", query, re.IGNORECASE):
        raise ValueError(
            f"{name}: a view of figures groups or adds up; this query would give single persons."
        )
    return statement(
        f"""
        CREATE VIEW {name} WITH (security_barrier) AS SELECT * FROM ({query}) AS figures
          WHERE current_user = '{STATISTICS}' OR (SELECT access_role()) IN ({_READERS});
        REVOKE ALL ON {name} FROM PUBLIC;
        GRANT SELECT ON {name} TO "{STATISTICS}", "{web_role()}";
        """,
        f"DROP VIEW {name};",
    )
