"""Letters of a grant by event: what a letter is about, so that each person is told of it once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0040_settling")]

    operations = [
        migrations.AddField(
            "accountletter", "about", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AlterField(
            "accountletter",
            "kind",
            models.TextField(
                choices=[
                    ("settlement", "多发处理告知书"),
                    ("arrears", "补发告知书"),
                    ("event", "按事件发放告知书"),
                ]
            ),
        ),
        migrations.AddConstraint(
            "accountletter",
            models.UniqueConstraint(
                fields=["person", "about"],
                condition=~models.Q(about=""),
                name="payments_letter_once_about",
            ),
        ),
    ]
