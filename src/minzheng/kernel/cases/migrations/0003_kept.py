"""What was written stays: letters, decisions, reviews and ratings change only where the law lets them go on."""

from django.db import migrations, models

from minzheng.kernel.cases.migrations._kept import (
    ALIKE,
    CASES,
    DECISIONS,
    INDEXES,
    LETTERS,
    RATINGS,
    REVIEWS,
    WITHDRAWAL,
)
from minzheng.kernel.storage.guards import statement


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="review",
            name="escalated_on",
            field=models.DateField(blank=True, null=True, verbose_name="督办日"),
        ),
        statement(*INDEXES),
        statement(*LETTERS),
        statement(*DECISIONS),
        statement(*CASES),
        statement(*REVIEWS),
        statement(*WITHDRAWAL),
        statement(*RATINGS),
        statement(*ALIKE),
    ]
