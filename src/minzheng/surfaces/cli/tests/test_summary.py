"""`minzheng summary` writes the year from records, names what it left out, and with --strict fails for it."""

from __future__ import annotations

from datetime import date

from typer.testing import CliRunner

from minzheng.kernel.indicators.tests.town import OTHER, case
from minzheng.surfaces.cli.summary import app


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_the_page_of_a_district_links_to_the_platform_and_strict_fails_for_what_is_left_out(db, tmp_path):
    case(date(2022, 3, 1)), case(date(2022, 3, 1), place=OTHER)
    out = tmp_path / "s.html"
    words = (
        "--year",
        "2022",
        "--format",
        "html",
        "--district",
        OTHER[:6],
        "--out",
        str(out),
        "--site",
        "https://mz.example/",
    )
    done = run(*words, "--strict")
    assert done.exit_code == 1 and "社会组织总数（npo.total）" in done.output, done.output
    text = out.read_text()
    assert (
        'href="https://mz.example/work/figures/cases.accepted/?year=2022&amp;place=310151"' in text
        and ">1件</a>" in text
    )


def test_a_wrong_format_or_place_is_refused_before_anything_is_counted(db):
    assert run("--format", "odt").exit_code == 2
    wrong = run("--district", "999999")
    assert wrong.exit_code == 2 and "310107" in wrong.output
