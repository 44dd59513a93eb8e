"""The `minzheng` command line (民政命令行). Every area's commands live in a file of their own beside this one."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import typer

from minzheng.kernel.storage.address import ServerError

app = typer.Typer(
    name="minzheng",
    help="民政平台 Minzheng: registers, law as code, benefits that find people, payments and their ledger.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)

# name of the command → module with its `app`
AREAS = {
    "db": "database",
    "demo": "demo",
    "feeds": "feeds",
    "month": "month",
    "rules": "rules",
    "law": "law",
    "items": "items",
    "payments": "payments",
    "ledger": "ledger",
    "audit": "audit",
    "access": "access",
    "server": "server",
    "jobs": "jobs",
    "cases": "cases",
    "api": "api",
    "centres": "centres",
    "price-linkage": "price_linkage",
    "linkage": "linkage",
    "marriage": "marriage",
    "eldercare": "eldercare",
    "figures": "figures",
    "summary": "summary",
    "city": "city",
}


def run() -> None:
    """Entry point: prepares Django, then hands over to the command.

    Exit codes: 0 done; 1 the work was refused or found wrong (the message says why); 2 the call was not understood.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.surfaces.settings")
    if _needs_no_database(sys.argv[1:]):
        os.environ["MINZHENG_NO_DATABASE"] = "1"
    import django  # Django reads its settings, and so starts the database, only when a command really runs.

    try:
        django.setup()
    except ServerError as error:
        sys.exit(str(error))
    for name, module in AREAS.items():
        app.add_typer(import_module(f"minzheng.surfaces.cli.{module}").app, name=name)
    app(prog_name="minzheng")


def _needs_no_database(words: list[str]) -> bool:
    """Reading a help page starts no server, and neither does stopping one."""
    if "--help" in words or words[:2] == ["db", "stop"]:
        return True
    return len(words) < 2 and words not in (["figures"], ["summary"])
