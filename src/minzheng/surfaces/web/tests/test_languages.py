"""The pages of leads, months and payments have their English, and what is compiled is what is written."""

import ast
import gettext
import re
from pathlib import Path

import pytest

from minzheng.kernel.access import roles
from minzheng.surfaces.web import context

WEB = Path(context.__file__).parent
CATALOGUES = (WEB / "locale/en/LC_MESSAGES", WEB.parents[1] / "kernel/ui/locale/en/LC_MESSAGES")
MODULES = (
    "landing", "context", "auth", "work/acts", "work/batches", "work/home", "work/lead_acts", "work/leads", "work/ledger",
    "work/months", "work/notices", "work/payments", "work/returns", "work/tabs", "work/words",
)  # fmt: skip
PAGES = ("front.html", "work/home.html", "work/lead*.html", "work/month*.html", "work/payment*.html", "work/batch*.html",
         "work/order.html", "work/return*.html", "work/ledger.html")  # fmt: skip
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop"}


def written() -> dict[str, str]:
    """Chinese and English of both catalogues; what has no English is left out."""
    pairs: dict[str, str] = {}
    for folder in CATALOGUES:
        with (folder / "django.mo").open("rb") as handle:
            pairs |= gettext.GNUTranslations(handle)._catalog  # type: ignore[attr-defined]
    return pairs


def in_module(path: Path) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", "") in MARKS and call.args and isinstance(call.args[0], ast.Constant)
    }


def in_page(path: Path) -> set[str]:
    text = path.read_text("utf-8")
    plain = re.findall(r"{% translate [\"'](.+?)[\"'] %}|_\([\"'](.+?)[\"']\)", text)
    blocks = re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, re.S)
    return {one or other for one, other in plain} | {re.sub(r"{{ *(\w+) *}}", r"%(\1)s", block) for block in blocks}


def test_the_compiled_english_is_the_written_english():
    with (CATALOGUES[0] / "django.mo").open("rb") as handle:
        compiled = gettext.GNUTranslations(handle)
    text = (CATALOGUES[0] / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.M)
    assert len(pairs) > 300
    for chinese, english in pairs:
        assert compiled.gettext(chinese) == english.replace(r"\"", '"'), f"{chinese}: run msgfmt again"


@pytest.mark.parametrize("module", MODULES)
def test_every_string_of_a_module_has_its_english(module):
    assert in_module(WEB / f"{module}.py") - set(written()) == set()


@pytest.mark.parametrize("pattern", PAGES)
def test_every_string_of_a_page_has_its_english(pattern):
    pages = list((WEB / "templates/web").glob(pattern))
    assert pages
    for page in pages:
        assert in_page(page) - set(written()) == set(), page.name


def test_every_role_has_its_english():
    assert {role.name for role in roles().values()} - set(written()) == set()
