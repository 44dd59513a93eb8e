"""Organisations are public records: every role reads them, officers of the register write them."""

from django.db import migrations

from minzheng.kernel.storage.guards import grant_web


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [
        grant_web("organisations_organisation", "SELECT, INSERT, UPDATE"),
        grant_web("organisations_officer", "SELECT, INSERT, UPDATE, DELETE"),
        grant_web("organisations_site", "SELECT, INSERT, UPDATE, DELETE"),
    ]
