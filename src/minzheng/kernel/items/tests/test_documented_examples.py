"""What the manual shows can be written just so."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from minzheng.kernel.items import Catalogue, StepKind, load_items

DOCS = Path(__file__).parents[5] / "docs"
CITY = "minzheng.domains.city_catalogue"


def example(page: str, beginning: str) -> str:
    """The block of YAML on a page that begins so."""
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if block.startswith(beginning)]
    return found


def test_the_reference_shows_a_file_that_can_be_loaded(write_items) -> None:
    text = example("reference/service-items.md", "defaults:") + example(
        "reference/service-items.md", "joined:"
    )
    found = load_items(["minzheng.domains.subsistence_allowance", CITY, write_items(text)])
    days = [v.step(StepKind.DECIDE).days for v in found.versions["heating_support"]]
    assert days == [10, 5] and "winter" in found.joined
    assert found.search("烧煤", on=date(2022, 12, 31))[0].item.version == "2022-11-01"


def test_the_guide_shows_an_entry_and_its_later_version(load) -> None:
    head = (
        "defaults: {department: 民政, group: 老年人, source: 某市取暖补助办法, provenance: public}\nitems:\n"
    )
    first = example("guide/add-a-service-item.md", "  - code: heating_support\n    since: 2022")
    later = example("guide/add-a-service-item.md", "  - code: heating_support\n    since: 2023")
    found: Catalogue = load(head + first + later)
    assert [v.step(StepKind.DECIDE).days for v in found.versions["heating_support"]] == [20, 5]
