"""The plan of the house holds: imports, migrations, templates, and what stands in the locks."""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.compile_templates import faults

ROOT = Path(__file__).resolve().parents[1]


def tracked() -> list[Path]:
    """The project's own files; in a copy without git, all but what tools leave behind."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [
        path for place in ("src", "tests", "docs") for path in (ROOT / place).rglob("*") if path.is_file()
    ]


def test_imports_run_from_the_kernel_to_the_surfaces() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.django_db(databases=["default", "owner"])
def test_no_model_has_changed_without_a_migration() -> None:
    told = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=told)
    except SystemExit as refusal:
        raise AssertionError(told.getvalue()) from refusal


def test_every_template_compiles() -> None:
    assert faults() == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_versions_and_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"://|file:|^-", text, re.MULTILINE)
    pinned = re.findall(
        r"^([a-z0-9_.-]+)==\S+(?: ;[^\\]*)? \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE
    )
    assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 30


def test_tests_run_on_the_versions_that_are_delivered() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9_.-]+==[^ ]+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.lock") < pins("requirements-dev.lock")


def test_the_project_reads_nothing_from_outside_itself() -> None:
    for path in tracked():
        if path.suffix in {".py", ".yaml", ".toml", ".html", ".md"} and path != Path(__file__):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\.\./shared|/work/shared", text), path


def test_start_runs_on_any_python_from_3_8_on() -> None:
    """It is what finds the right Python, so it must be readable by an old one."""
    import ast

    tree = ast.parse((ROOT / "start.py").read_text(), feature_version=(3, 8))
    imported = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    imported |= {
        (node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    assert imported <= set(sys.stdlib_module_names)
