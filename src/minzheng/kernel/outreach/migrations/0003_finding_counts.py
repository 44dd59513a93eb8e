"""Counts of findings, kept by the database itself at every change of them."""

from django.db import migrations, models

from minzheng.kernel.storage.guards import enable_scope, grant_web, statement

_ELIGIBLE = 2  # `Finding.ELIGIBLE` as it was then; a migration rests on no class that may change.


def _counts(rows: str) -> str:
    return f"""SELECT month, programme, benefit, division_code, count(*) AS eligible FROM {rows}
        WHERE status = {_ELIGIBLE} GROUP BY 1, 2, 3, 4"""


_KEEP = f"""
    CREATE FUNCTION outreach_count_findings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
      IF TG_OP IN ('DELETE', 'UPDATE') THEN
        UPDATE outreach_findingcount c SET eligible = c.eligible - gone.eligible
        FROM ({_counts("old_rows")}) AS gone
        WHERE (c.month, c.programme, c.benefit, c.division_code)
            = (gone.month, gone.programme, gone.benefit, gone.division_code);
      END IF;
      IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO outreach_findingcount AS c (month, programme, benefit, division_code, eligible)
        {_counts("new_rows")} ORDER BY 1, 2, 3, 4
        ON CONFLICT (benefit, month, programme, division_code) DO UPDATE SET eligible = c.eligible + excluded.eligible;
      END IF;
      RETURN NULL;
    END $$;
    REVOKE ALL ON FUNCTION outreach_count_findings() FROM PUBLIC;
    CREATE TRIGGER outreach_finding_added AFTER INSERT ON outreach_finding REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION outreach_count_findings();
    CREATE TRIGGER outreach_finding_changed AFTER UPDATE ON outreach_finding
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION outreach_count_findings();
    CREATE TRIGGER outreach_finding_gone AFTER DELETE ON outreach_finding REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION outreach_count_findings();
    INSERT INTO outreach_findingcount (month, programme, benefit, division_code, eligible) {_counts("outreach_finding")};
"""
_LEAVE = """
    DROP TRIGGER outreach_finding_added ON outreach_finding; DROP TRIGGER outreach_finding_changed ON outreach_finding;
    DROP TRIGGER outreach_finding_gone ON outreach_finding; DROP FUNCTION outreach_count_findings();
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="FindingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="月份")),
                ("programme", models.TextField(verbose_name="项目")),
                ("benefit", models.TextField(verbose_name="待遇")),
                ("division_code", models.TextField(db_collation="C", verbose_name="区划")),
                ("eligible", models.BigIntegerField(verbose_name="符合条件")),
            ],
            options={
                "verbose_name": "认定结果计数",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["benefit", "month", "programme", "division_code"],
                        name="outreach_findingcount_once",
                    )
                ],
            },
        ),
        statement(_KEEP, _LEAVE),
        grant_web("outreach_findingcount", "SELECT"),
        enable_scope("outreach_findingcount", domain_column="programme"),
    ]
