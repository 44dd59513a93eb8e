"""An award may come from an application decided as a case."""

from django.db import migrations, models

ORIGINS = [
    ("roster", "接管名册"),
    ("lead", "主动发现后申请"),
    ("application", "申请后办理"),
    ("automatic", "免申即享"),
]


class Migration(migrations.Migration):
    dependencies = [("awards", "0002_guards")]

    operations = [
        migrations.AlterField(
            model_name="award", name="origin", field=models.TextField(choices=ORIGINS, verbose_name="来源")
        ),
        migrations.RemoveConstraint(model_name="award", name="awards_award_origin_known"),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(origin__in=[code for code, _ in ORIGINS]), name="awards_award_origin_known"
            ),
        ),
    ]
