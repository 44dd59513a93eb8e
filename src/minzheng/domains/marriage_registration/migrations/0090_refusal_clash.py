"""What a refusal clashes with moves into a table of its own, which registrars of the place read and no couple."""

import django.db.models.deletion
from django.db import migrations, models

from minzheng.domains.marriage_registration.migrations._sql import registrar_scope
from minzheng.kernel.storage.guards import append_only, grant_web, statement

APP = "marriage_registration"


class Migration(migrations.Migration):
    dependencies = [(APP, "0021_agency_guards")]

    operations = [
        migrations.CreateModel(
            name="RefusalClash",
            fields=[
                (
                    "refusal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="clash",
                        serialize=False,
                        to="marriage_registration.refusal",
                    ),
                ),
                ("division_code", models.TextField(db_collation="C", help_text="the refusal's")),
                ("acts", models.JSONField(help_text="rule → act numbers")),
            ],
        ),
        statement(
            f"""
            INSERT INTO {APP}_refusalclash (refusal_id, division_code, acts)
              SELECT id, division_code, for_registrar FROM {APP}_refusal WHERE for_registrar <> '{{}}'::jsonb;
            -- Deferred checks of the rows just written would stop the table from being altered.
            SET CONSTRAINTS ALL IMMEDIATE;
            """
        ),
        grant_web(f"{APP}_refusalclash", "SELECT, INSERT"),
        append_only(f"{APP}_refusalclash"),
        statement(*registrar_scope(f"{APP}_refusalclash", "marriage_clash")),
        migrations.RemoveField("refusal", "for_registrar"),
    ]
