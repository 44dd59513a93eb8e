"""The city's own memory names nobody: the web's role may write it only as the service that lives the city does."""

from django.db import migrations

from minzheng.kernel.storage.guards import grant_web, written_by_posts


class Migration(migrations.Migration):
    dependencies = [("simulation", "0001_initial"), ("access", "0002_guards")]

    operations = [
        grant_web("simulation_simulatedcity", "SELECT, INSERT, UPDATE"),
        grant_web("simulation_livedstep", "SELECT, INSERT"),
        written_by_posts("simulation_simulatedcity"),
        written_by_posts("simulation_livedstep"),
    ]
