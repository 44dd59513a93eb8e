"""Components: what each must say, and that no page needs inline script or style."""

import hashlib
import re
from pathlib import Path

import pytest
from django import forms
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory

from minzheng.kernel.ui import gallery, maps, statuses
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.forms import MoneyField, MonthField, ReasonForm

UI = Path(gallery.__file__).parent
# An engine of its own: the design system must stand without the surfaces that use it.
ENGINE = DjangoTemplates(
    {
        "NAME": "ui",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
)


def render(source, **context):
    return ENGINE.from_string("{% load ui_tags %}" + source).render(context, RequestFactory().get("/"))


def gallery_page(audience):
    request = RequestFactory().get("/")
    return ENGINE.get_template("ui/gallery.html").render(
        gallery.gallery_context(request, audience=audience), request
    )


@pytest.mark.parametrize("audience", ["staff", "resident"])
def test_a_page_with_every_component_needs_no_inline_script_or_style(audience):
    page = gallery_page(audience)
    assert not re.search(r"<[^>]+\sstyle=", page) and "<style" not in page
    assert not re.search(r"<[^>]+\son[a-z]+=", page) and "hx-on" not in page and "javascript:" not in page
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.S):
        assert 'type="application/json"' in attributes or ("src=" in attributes and not body.strip())


def test_every_page_offers_the_way_past_the_navigation():
    page = gallery_page("staff")
    assert page.index('href="#main-content"') < page.index("<header") and 'id="main-content"' in page


def test_no_id_stands_twice_on_the_gallery():
    ids = re.findall(r'\sid="([^"]+)"', gallery_page("staff"))
    assert sorted(ids) == sorted(set(ids))


def test_a_condition_not_yet_checked_is_neither_met_nor_failed():
    shown = render(
        "{% explanation c %}", c=[{"label": "货币财产", "met": None}, {"label": "户籍", "met": False}]
    )
    assert "待核对" in shown and shown.count("mz-reason--failed") == 1 and "mz-reason--met" not in shown


def test_a_condition_shows_value_threshold_article_source_and_date():
    shown = render("{% explanation c %}", c=gallery._conditions()[1:2])
    for part in ("¥1,420.01", "低于 ¥1,420.00", "上海市社会救助条例 第十条", "人社 养老金", "2022-06-30"):
        assert part in shown


@pytest.mark.parametrize(
    ("good", "difference", "tone"),
    [("up", 1, "good"), ("up", -1, "bad"), ("down", 4, "bad"), ("", 4, "neutral"), ("up", 0, "neutral")],
)
def test_a_change_is_good_or_bad_only_where_a_direction_is_named(good, difference, tone):
    shown = render("{% stat label='x' value=1 difference=d good=g %}", d=difference, g=good)
    assert f"mz-stat__difference--{tone}" in shown


def test_a_finished_job_is_asked_about_no_more():
    call = "{% progress_bar label='x' done=1 total=2 poll_url='/jobs/1/' state=s %}"
    assert 'hx-get="/jobs/1/"' in render(call, s="running")
    assert "hx-get" not in render(call, s="done") and "hx-get" not in render(call, s="failed")


def test_the_plain_number_is_not_on_the_page_before_a_reason_is_given():
    shown = render("{% unmask '310107194901120010' '/unmask/1/' '身份证号' %}")
    assert "310107194901120010" not in shown and "310***********0010" in shown and 'name="purpose"' in shown


def test_another_reason_must_be_written_out():
    assert ReasonForm({"purpose": "verify"}).is_valid()
    assert not ReasonForm({"purpose": "other", "reason": "  "}).is_valid()
    assert not ReasonForm({"purpose": ""}).is_valid()


def test_a_fault_is_named_in_the_summary_and_tied_to_its_field():
    class Asked(forms.Form):
        income = MoneyField(label="收入", help_text="全家合计")
        kind = forms.ChoiceField(label="方式", choices=[("a", "甲")], widget=forms.RadioSelect)

    shown = render("{% error_summary f %}{% form_fields f %}", f=Asked({"income": "1.234"}))
    assert 'href="#id_income"' in shown and 'href="#id_kind_0"' in shown
    assert 'aria-describedby="id_income-hint id_income-error"' in shown
    assert 'id="id_income-error"' in shown and 'id="id_kind_0"' in shown


@pytest.mark.parametrize(
    ("typed", "fen"), [("0.01", 1), ("1,420.50", 142050), ("１４２０元", 142000), ("", None)]
)
def test_yuan_as_people_type_it_become_whole_fen(typed, fen):
    assert MoneyField(required=False).clean(typed) == fen


@pytest.mark.parametrize("typed", ["0.001", "-1", "abc", "1e3"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(typed)


def test_a_month_that_does_not_exist_is_refused():
    assert str(MonthField().clean("2022-12")) == "2022-12"
    with pytest.raises(forms.ValidationError):
        MonthField().clean("2022-13")


def test_a_chart_with_a_missing_figure_is_refused_and_none_is_not_zero():
    with pytest.raises(ValueError, match="2 values for 1"):
        Chart(id="c", title="t", categories=["a"], series=[Series("s", [1, 2])])
    chart = Chart(id="c", title="t", categories=["a", "b"], series=[Series("s", [0, None])], unit="fen")
    assert [values for _, values in chart.table_rows] == [["¥0.00"], ["—"]]


def test_the_map_has_the_sixteen_districts_and_a_blank_one_is_not_zero():
    drawn = maps.DistrictMap(id="m", title="t", values={"310101": 0, "310115": 5})
    by_code = {d.outline.code: d for d in drawn.districts}
    assert len(by_code) == 16 and by_code["310151"].outline.name == "崇明区"
    assert by_code["310101"].level == 1 and by_code["310115"].level > 1 and by_code["310104"].level == 0
    assert [d.outline.code for d in drawn.ranked] == ["310115", "310101"]


def test_a_state_keeps_one_word_and_one_colour():
    with pytest.raises(ValueError, match="already known"):
        statuses.register_statuses({"paid": statuses.Status("已付", "bad")})
    with pytest.raises(ValueError, match="tone"):
        statuses.register_statuses({"x": statuses.Status("x", "pink")})
    assert str(statuses.status_of("never_heard_of").label) == "never_heard_of"


def test_vendored_files_are_those_named_and_carry_no_crown_or_foreign_font():
    listed = re.findall(
        r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", (UI / "static/vendor/VENDOR.md").read_text(), re.M
    )
    assert len(listed) == 5
    for name, digest in listed:
        assert hashlib.sha256((UI / "static/vendor" / name).read_bytes()).hexdigest() == digest, name
    css = (UI / "static/vendor/govuk-frontend-6.6.0/govuk-frontend.min.css").read_text()
    assert not re.search(r"GDS|crest|crown|url\(|arial", css, re.I)


def contrast(one, other):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tone", ["good", "warn", "bad", "info", "special", "neutral", "primary"])
def test_a_tag_is_readable_on_its_ground(tone):
    colours = dict(re.findall(r"--mz-([a-z-]+): (#[0-9a-f]{6});", (UI / "static/ui/base.css").read_text()))
    assert contrast(colours[tone], colours[f"{tone}-tint"]) >= 4.5
    assert contrast(colours["soft"], colours["ground"]) >= 4.5
