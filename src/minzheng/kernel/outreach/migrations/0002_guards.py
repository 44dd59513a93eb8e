"""Rights on outreach's tables, events only added, rows within the post's scope."""

from django.db import migrations

from minzheng.kernel.storage.guards import append_only, enable_scope, grant_web


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial"), ("access", "0002_guards")]

    operations = [
        grant_web("outreach_finding", "SELECT, INSERT, UPDATE, DELETE"),
        grant_web("outreach_lead", "SELECT, INSERT, UPDATE"),
        grant_web("outreach_leadevent", "SELECT, INSERT"),
        grant_web("outreach_notice", "SELECT, INSERT, UPDATE"),
        grant_web("outreach_optout", "SELECT, INSERT, UPDATE"),
        append_only("outreach_leadevent"),
        enable_scope("outreach_finding", domain_column="programme", person_column="person_id"),
        enable_scope("outreach_lead", domain_column="programme"),
        enable_scope("outreach_leadevent", domain_column="programme"),
        enable_scope("outreach_notice", domain_column="programme", person_column="person_id"),
        enable_scope("outreach_optout", domain_column="programme", person_column="person_id"),
    ]
