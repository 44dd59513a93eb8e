"""What two officials waived of an overpayment, and the budget line its money came from."""

from django.db import migrations, models

STATES = [("open", "待追回"), ("recovered", "已追回"), ("waived", "已免除"), ("dropped", "应发已恢复")]


class Migration(migrations.Migration):
    dependencies = [("awards", "0003_application")]

    operations = [
        migrations.AddField(
            "overpayment",
            "written_off_fen",
            models.BigIntegerField("已免除（分）", default=0, db_default=0),
        ),
        migrations.AddField(
            "overpayment",
            "budget_line",
            models.TextField("预算项目", blank=True, default="", db_default=""),
        ),
        migrations.AlterField(
            "overpayment",
            "state",
            models.TextField("状态", choices=STATES, default="open"),
        ),
        # A month that was due after all was called waived before; nothing of it was ever waived by anybody.
        migrations.RemoveConstraint("overpayment", "awards_overpayment_amounts"),
        migrations.RunSQL(
            "UPDATE awards_overpayment SET state = 'dropped', amount_fen = recovered_fen WHERE reason = 'due_again'",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "overpayment",
            models.CheckConstraint(
                name="awards_overpayment_amounts",
                condition=models.Q(recovered_fen__gte=0, written_off_fen__gte=0)
                & models.Q(amount_fen__gte=models.F("recovered_fen") + models.F("written_off_fen")),
            ),
        ),
        migrations.AddIndex(
            "overpayment", models.Index(fields=["person_id", "state"], name="awards_overpayment_person")
        ),
    ]
