"""The functions by which every policy knows who acts, and the rights on this block's own tables."""

from django.db import migrations

from minzheng.kernel.access.migrations._sql import (
    ACCOUNTS_KEEP,
    FUNCTIONS,
    POSTS_KEEP,
    SERVICE_ACCOUNT,
    WHO_WRITES,
)
from minzheng.kernel.storage.guards import grant_web, statement


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        statement(*FUNCTIONS),
        statement(*POSTS_KEEP),
        statement(*SERVICE_ACCOUNT),
        statement(*WHO_WRITES),
        statement(*ACCOUNTS_KEEP),
        grant_web("access_official", "SELECT, INSERT, UPDATE"),
        grant_web("access_post", "SELECT, INSERT, UPDATE"),
        grant_web("access_residentaccount", "SELECT, INSERT"),
        grant_web("access_requestcount", "SELECT, INSERT, UPDATE, DELETE"),
    ]
