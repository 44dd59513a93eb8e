"""Finds the decisions drawn for review without reading all the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_totals_in_order"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("is_in_force", True), ("is_sampled", True)),
                fields=["-id"],
                name="cases_decision_sampled",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("departs", True), ("is_in_force", True), ("is_sampled", True)),
                fields=["-id"],
                name="cases_decision_departed",
            ),
        ),
    ]
