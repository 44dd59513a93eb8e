"""The month in hand between its runs. It names nobody: all read it, posts write it."""

import django.db.models.functions.datetime
from django.db import migrations, models

from minzheng.kernel.storage.guards import grant_web, written_by_posts


class Migration(migrations.Migration):
    dependencies = [("monthend", "0040_looking_back")]

    operations = [
        migrations.CreateModel(
            name="LiveMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(unique=True, verbose_name="月份")),
                ("snapshot_identity", models.TextField(blank=True, default="", verbose_name="快照标识")),
                ("delta_identity", models.TextField(blank=True, default="", verbose_name="变动标识")),
                ("changed", models.BigIntegerField(default=0, verbose_name="变动家庭数")),
                ("needs_run", models.BooleanField(default=False, verbose_name="须重新办理")),
                (
                    "refreshed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="刷新时间"
                    ),
                ),
            ],
            options={"verbose_name": "当月即时状态"},
        ),
        grant_web("monthend_livemonth", "SELECT, INSERT, UPDATE"),
        written_by_posts("monthend_livemonth"),
    ]
