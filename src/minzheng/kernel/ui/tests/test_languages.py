"""English stands beside the Chinese source strings, and what is compiled is what is written."""

import gettext
import re
from pathlib import Path

from minzheng.kernel.ui import formats

UI = Path(formats.__file__).parent
MESSAGES = UI / "locale/en/LC_MESSAGES"


def written():
    text = (MESSAGES / "django.po").read_text(encoding="utf-8")
    return dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"$', text, re.M))


def test_the_compiled_english_is_the_written_english():
    with (MESSAGES / "django.mo").open("rb") as handle:
        compiled = gettext.GNUTranslations(handle)
    assert len(written()) > 100
    for chinese, english in written().items():
        assert english, f"{chinese} has no English"
        assert compiled.gettext(chinese) == english, f"{chinese}: run msgfmt again"


def test_every_string_of_the_components_has_its_english():
    known = written()
    asked = set()
    for path in (UI / "templates/ui").rglob("*.html"):
        if not path.name.startswith("gallery"):
            asked |= set(
                re.findall(r"{% translate [\"'](.+?)[\"'] %}|_\([\"'](.+?)[\"']\)", path.read_text("utf-8"))
            )
    missing = {one or other for one, other in asked} - set(known)
    assert missing == set()
