"""How the register was read for a month's snapshot, so that one read another way is not continued."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monthend", "0060_live")]

    operations = [
        migrations.AddField("livemonth", "form", models.TextField("读取方式", blank=True, default="")),
    ]
