"""Finds the rows of the whole city's figures in the order in which they are shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0021_totals_guards"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="counted",
            index=models.Index(fields=["submitted_on", "case_id"], name="cases_counted_in"),
        ),
        migrations.AddIndex(
            model_name="counted",
            index=models.Index(fields=["accepted_on", "case_id"], name="cases_counted_accepted"),
        ),
        migrations.AddIndex(
            model_name="counted",
            index=models.Index(fields=["ended_on", "case_id"], name="cases_counted_out"),
        ),
        migrations.AddIndex(
            model_name="counted",
            index=models.Index(
                condition=models.Q(("rated_on__isnull", False)),
                fields=["rated_on", "case_id"],
                name="cases_counted_rated",
            ),
        ),
    ]
