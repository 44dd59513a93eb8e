"""Rights and scope: a pair is seen where both its sides are; a model, once learnt, stays as it is."""

from django.db import migrations

from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web, written_by_posts


class Migration(migrations.Migration):
    dependencies = [("linkage", "0001_initial"), ("access", "0002_guards"), ("audit", "0001_initial")]

    operations = [
        grant_web("linkage_linkmodel", "SELECT, INSERT"),
        append_only("linkage_linkmodel"),
        written_by_posts("linkage_linkmodel"),
        grant_web("linkage_proposal", "SELECT, INSERT, UPDATE"),
        enable_scope("linkage_proposal"),
    ]
