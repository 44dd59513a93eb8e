"""Who acts for another sees and writes by a mandate alone; a question goes to the clerks on duty in turn."""

from django.db import migrations

from minzheng.kernel.cases.migrations._helpers import (
    APPLICANT,
    FUNCTIONS,
    HELPER,
    MANDATES,
    POLICIES,
    PREFILL,
    QUESTIONS,
)
from minzheng.kernel.storage.guards import statement


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_kept"), ("people", "0003_attendance")]

    operations = [
        statement(*FUNCTIONS),
        statement(*MANDATES),
        statement(*POLICIES),
        statement(*APPLICANT),
        statement(*HELPER),
        statement(*PREFILL),
        statement(*QUESTIONS),
    ]
