"""Word files say the same as the PDF, in fonts that office machines have."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from minzheng.kernel.documents import MissingCharacters, render_docx
from minzheng.kernel.documents.tests.reading import runs_of, squeezed, words_of_file
from minzheng.kernel.documents.tests.samples import BARE, FULL, LETTER, OFFICIAL
from minzheng.kernel.documents.tests.test_pdf import MARKUP_NAMES
from minzheng.kernel.documents.word import TEMPLATES
from minzheng.kernel.documents.word_templates import build


def test_a_letter_holds_every_condition_with_its_article_and_figures():
    words = words_of_file(render_docx(LETTER))
    for condition in LETTER.conditions:
        for part in (condition.label, condition.article, condition.value, condition.threshold):
            assert squeezed(part) in words
    assert [amount in words for amount in ("560.00元", "560.01元", "1,120.01元")] == [True] * 3
    for way in LETTER.objections:
        assert all(squeezed(part) in words for part in (way.way, way.where, way.within, way.article))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("papers", [FULL, BARE], ids=["full", "bare"])
@pytest.mark.parametrize("kind", FULL)
def test_no_tag_of_a_template_is_left(kind, papers, language):
    words = words_of_file(render_docx(papers[kind], language=language))
    assert "{{" not in words and "{%" not in words
    assert ("合成数据" in words or "Syntheticdata" in words) == (papers is FULL)


@pytest.mark.parametrize("kind", FULL)
def test_every_run_names_its_chinese_font(kind):
    runs = list(runs_of(render_docx(FULL[kind])))
    assert len(runs) > 10
    for run in runs:
        assert run.rPr.rFonts.get(qn("w:eastAsia")), run.text


def test_an_official_document_has_the_margins_and_fonts_of_the_standard():
    word_file = render_docx(OFFICIAL)
    section = docx.Document(BytesIO(word_file)).sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    fonts = {
        squeezed(run.text): (run.rPr.rFonts.get(qn("w:eastAsia")), run.rPr.sz_val)
        for run in runs_of(word_file)
    }
    assert fonts["示例区民政局文件"][0] == "方正小标宋简体"
    assert fonts[OFFICIAL.title][0] == "方正小标宋简体"
    assert fonts[OFFICIAL.title][1].pt == 22
    assert fonts["一、加强主动发现"][0] == "黑体"
    assert fonts["（一）明确走访对象"][0] == "楷体_GB2312"
    assert fonts["现就有关事项通知如下："][0] == "仿宋_GB2312"


@pytest.mark.parametrize("head", ["甲局文件", "甲" * 11, "甲" * 15, "甲" * 20])
def test_the_issuer_mark_stands_once_and_on_one_line(head):
    (run,) = [run for run in runs_of(render_docx(replace(OFFICIAL, head=head))) if run.text == head]
    assert len(head) * run.rPr.sz_val.pt <= 156 / 25.4 * 72


@pytest.mark.parametrize("name", MARKUP_NAMES)
@pytest.mark.parametrize("kind", FULL)
def test_a_name_that_looks_like_markup_stays_a_name(kind, name):
    field = {"receipt": "applicant", "certificate": "holder"}.get(kind, "addressee")
    assert squeezed(name) in words_of_file(render_docx(replace(FULL[kind], **{field: name})))


@pytest.mark.parametrize("kind", FULL)
def test_the_same_paper_has_the_same_bytes(kind):
    assert render_docx(FULL[kind]) == render_docx(FULL[kind])
    about = docx.Document(BytesIO(render_docx(FULL[kind]))).core_properties
    assert about.author == FULL[kind].office
    assert about.created.date() == FULL[kind].date


def test_control_characters_that_no_word_file_can_hold_are_named():
    with pytest.raises(MissingCharacters, match="U\\+0001"):
        render_docx(replace(LETTER, addressee="王\x01"))


def test_the_templates_in_the_folder_are_what_the_script_builds(tmp_path):
    build(tmp_path)
    for built in sorted(tmp_path.iterdir()):
        assert _parts(built) == _parts(TEMPLATES / built.name), f"{built.name}: run word_templates again"
    assert len(list(tmp_path.iterdir())) == 4


def _parts(path):
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}
