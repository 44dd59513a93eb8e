"""A process killed in the middle of a load loses nothing and doubles nothing."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.sources.actions import load_folder
from minzheng.kernel.sources.models import FeedFile, FeedRow
from minzheng.kernel.sources.tests.conftest import registers
from minzheng.kernel.storage import testing

TOWN = Path(__file__).parents[5] / "tests" / "data" / "feeds_town"
FILES = ("公安_实有人口.csv", "卫健_死亡.csv", "残联_残疾证.xlsx")
CHILD = """
import sys, django
django.setup()
from minzheng.kernel.sources.actions import load_folder
load_folder(sys.argv[1], progress=lambda p: print(p.step, p.file, flush=True))
"""


def _url(alias, name):
    database = settings.DATABASES[alias]
    login = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'], safe='')}"
    return f"postgresql://{login}@{quote(str(database['HOST']), safe='')}:{database['PORT']}/{name}"


def _start(folder, name):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "minzheng.surfaces.settings",
        "MINZHENG_WEB_URL": _url("default", name),
        "MINZHENG_OWNER_URL": _url("owner", name),
    }
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _kill_at(process, step, delay):
    """Kills the process `delay` seconds after it says that it begins a step."""
    with process:
        for line in process.stdout:
            if line.startswith(step):
                time.sleep(delay)
                process.kill()
                return
        raise AssertionError(f"never came to {step!r}: {process.stderr.read()}")


@pytest.mark.slow
def test_a_kill_while_staging_or_applying_is_made_good_by_the_same_command(fresh_database, tmp_path):
    for name in FILES:
        shutil.copy(TOWN / name, tmp_path / name)
    _kill_at(_start(tmp_path, fresh_database), "stage 公安", 0.3)
    _kill_at(_start(tmp_path, fresh_database), "apply 公安", 0.8)
    with acting_as_service("test"):
        states = dict(FeedFile.objects.values_list("name", "state"))
        assert states == dict.fromkeys(FILES, "staged")
        assert FeedRow.objects.filter(file__name=FILES[0]).count() == 12_074
    assert registers()["people"][0] == 0
    _kill_at(_start(tmp_path, fresh_database), "apply 残联", 0.05)
    with _start(tmp_path, fresh_database) as finished:
        _, errors = finished.communicate(timeout=180)
    assert finished.returncode == 0, errors
    after_kills = registers()
    with acting_as_service("test"):
        assert set(FeedFile.objects.values_list("state", flat=True)) == {"applied"}
    with testing.cloned_database(testing.template_database(), "whole"):
        load_folder(tmp_path)
        assert registers() == after_kills
