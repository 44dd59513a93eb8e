"""Every page has its English, and what is compiled is what is written."""

import ast
import gettext
import re
from pathlib import Path

import pytest

from minzheng.kernel.access import roles
from minzheng.surfaces.web import context

WEB = Path(context.__file__).parent
# Each area of the pages is an application with a catalogue of its own.
CATALOGUES = tuple(sorted(path.parent for path in WEB.parents[1].rglob("locale/en/LC_MESSAGES/django.po")))
MODULES = sorted(
    str(path.relative_to(WEB))
    for path in WEB.rglob("*.py")
    if "tests" not in path.parts and "gettext" in path.read_text("utf-8")
)
PAGES = sorted(str(path.relative_to(WEB)) for path in WEB.rglob("templates/**/*.html"))
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
    return {one or other for one, other in plain} | {
        re.sub(r"{{ *(\w+) *}}", r"%(\1)s", block.replace("%", "%%")) for block in blocks
    }


@pytest.mark.parametrize("folder", CATALOGUES, ids=lambda folder: folder.parents[2].name)
def test_the_compiled_english_is_the_written_english(folder):
    with (folder / "django.mo").open("rb") as handle:
        compiled = gettext.GNUTranslations(handle)
    text = (folder / "django.po").read_text(encoding="utf-8")
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.M)
    assert pairs
    for chinese, english in pairs:
        assert compiled.gettext(chinese) == english.replace(r"\"", '"'), f"{chinese}: run msgfmt again"


@pytest.mark.parametrize("module", MODULES)
def test_every_string_of_a_module_has_its_english(module):
    assert in_module(WEB / module) - set(written()) == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_string_of_a_page_has_its_english(page):
    assert in_page(WEB / page) - set(written()) == set()


def test_every_role_has_its_english():
    assert {role.name for role in roles().values()} - set(written()) == set()
