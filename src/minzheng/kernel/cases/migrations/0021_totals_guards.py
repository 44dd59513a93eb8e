"""Who reads totals and what they were counted from; what another department sees."""

from django.db import migrations

from minzheng.kernel.access.guards import statistics_view
from minzheng.kernel.cases.migrations._departments import PASSED_ON
from minzheng.kernel.storage.guards import enable_scope, grant_web, statement, written_by_posts

_BOTH = ("deciding_division", "accepting_division")


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_totals")]

    operations = [
        # Events lie in the table in the order of their time, so a few pages of this index find the last hours.
        statement(
            "CREATE INDEX cases_event_at ON cases_event USING brin (at) WITH (autosummarize = on);",
            "DROP INDEX cases_event_at;",
        ),
        grant_web("cases_counted"),
        enable_scope("cases_counted", division_columns=_BOTH, domain_column="domain"),
        *(
            operation
            for table in ("cases_total", "cases_total_days", "cases_total_issuers")
            for operation in (
                grant_web(table),
                enable_scope(table, domain_column="domain", figures=True),
            )
        ),
        grant_web("cases_totalsmark", "SELECT, INSERT, UPDATE"),
        written_by_posts("cases_totalsmark"),
        statement(
            "INSERT INTO cases_totalsmark (id) VALUES (1);",
            "DELETE FROM cases_totalsmark;",
        ),
        statistics_view(
            "statistics_cases",
            "SELECT side, division_code AS district, item, channel, month, sum(submitted) AS submitted,"
            " sum(accepted) AS accepted, sum(granted) AS granted, sum(refused) AS refused,"
            " sum(withdrawn) AS withdrawn, sum(in_time) AS in_time, sum(online) AS online, sum(crossed) AS crossed,"
            " sum(papers_needed) AS papers_needed, sum(papers_fetched) AS papers_fetched,"
            " sum(rated) AS rated, sum(rating_points) AS rating_points"
            " FROM cases_total WHERE length(division_code) = 6 GROUP BY 1, 2, 3, 4, 5",
        ),
        statement(*PASSED_ON),
        # What waits for a department's answer, in the order in which a partner reads it.
        statement(
            "CREATE INDEX cases_case_passed_on ON cases_case (domain, id) WHERE state = 'passed_on';",
            "DROP INDEX cases_case_passed_on;",
        ),
    ]
