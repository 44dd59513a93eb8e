"""What is printed is what was decided: whole, unaltered, and the same each time."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from minzheng.kernel.documents import (
    Condition,
    MissingCharacters,
    MissingFontFolder,
    OfficialDocument,
    missing_characters,
    render_pdf,
)
from minzheng.kernel.documents.fonts import choose_fonts, fonts_in
from minzheng.kernel.documents.tests.reading import (
    POINTS_PER_MM,
    lines_by_height,
    pages_of,
    squeezed,
    text_of,
)
from minzheng.kernel.documents.tests.samples import BARE, CERTIFICATE, FULL, LETTER, OFFICIAL, RECEIPT

# Neither is in the fonts that come with the environment.
RARE = "𤭢\U0002ceb1"
# The 196 characters of 通用规范汉字表 that lie outside the basic plane; they stand in names of people and places.
RARE_OF_THE_TABLE = (
    "𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽹𩽼𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣"
    "𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩"
    "𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹"
    "𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)
MARKUP_NAMES = [
    '#eval("1+1")',
    "*王建国*",
    "$x^2$ _李_",
    "\"王\"'国'",
    "王\\国",
    "@王 <label>",
    "// 王 /* 国 */",
    "[王](#国)",
    "`王`",
    "{{ 7*7 }}{% if x %}",
    "<b>&amp;王</b>",
    "= 王 - 国 + 3.",
    "~--...",
]


def test_a_letter_holds_every_condition_with_its_article_result_and_figures():
    text = text_of(render_pdf(LETTER))
    for condition in LETTER.conditions:
        for part in (condition.label, condition.article, condition.value, condition.threshold):
            assert squeezed(part) in text
    assert text.count("不符合") == 1
    assert text.count("待核实") == 1
    assert text.count("示例值") == 1
    assert [amount in text for amount in ("560.00元", "560.01元", "1,120.01元")] == [True] * 3
    for way in LETTER.objections:
        assert all(squeezed(part) in text for part in (way.way, way.where, way.within, way.article))


@pytest.mark.parametrize("kind", FULL)
def test_every_layout_holds_office_number_date_code_and_what_is_illustrative(kind):
    document = FULL[kind]
    text = text_of(render_pdf(document))
    for part in (document.office, document.number, document.code, document.check_at, *document.illustrative):
        assert squeezed(part) in text
    assert f"{document.date.year}年{document.date.month}月{document.date.day}日" in text


@pytest.mark.parametrize("kind", BARE)
def test_a_paper_with_only_what_must_be_there_is_set_without_empty_headings(kind):
    text = text_of(render_pdf(BARE[kind]))
    for heading in (
        "条件",
        "金额",
        "不同意",
        "附件",
        "查验",
        "示例",
        "合成",
        "抄送",
        "材料",
        "咨询",
        "有效期",
    ):
        assert heading not in text


def test_a_receipt_puts_what_is_missing_before_what_is_there():
    text = text_of(render_pdf(RECEIPT))
    assert text.index("核对授权书") < text.index("居民身份证") < text.index("户口簿")
    assert "请在此日前补正2022年6月20日" in text


def test_a_certificate_without_last_day_is_valid_without_end():
    assert "2022年7月1日起长期有效" in text_of(render_pdf(replace(CERTIFICATE, valid_until=None)))
    assert "2022年7月1日至2022年12月31日" in text_of(render_pdf(CERTIFICATE))


@pytest.mark.parametrize("name", MARKUP_NAMES)
@pytest.mark.parametrize("kind", ["letter", "official", "receipt", "certificate"])
def test_a_name_that_looks_like_markup_stays_a_name(kind, name):
    field = {"receipt": "applicant", "certificate": "holder"}.get(kind, "addressee")
    assert squeezed(name) in text_of(render_pdf(replace(FULL[kind], **{field: name})))


@settings(max_examples=40, deadline=None)
@given(name=st.text(alphabet="#*$_`\"'\\{}[]()<>@/~-=+.:;,!?%&|^0Aa王李〔〕《》·", min_size=1, max_size=24))
def test_any_name_is_printed_as_it_is(name):
    assert squeezed(name) in text_of(render_pdf(replace(BARE["letter"], addressee=f"王{name}国")))


@pytest.mark.parametrize("name", ["阿卜杜热合曼·" * 40, "W" * 400, "Nur" * 90 + " " + "Ahmad-" * 60])
@pytest.mark.parametrize("kind", ["letter", "certificate"])
def test_a_very_long_name_stays_whole_and_on_the_page(kind, name):
    field = "holder" if kind == "certificate" else "addressee"
    pdf = render_pdf(replace(FULL[kind], **{field: name}))
    # A break that we allow inside a run without spaces leaves no mark in the text.
    assert squeezed(name) in text_of(pdf).replace("\u200b", "")
    right = 210 * POINTS_PER_MM
    for page in range(len(PdfReader(BytesIO(pdf)).pages)):
        assert all(x < right for line in lines_by_height(pdf, page).values() for x, _ in line)


def test_a_line_of_an_official_document_has_28_characters_and_a_page_22_lines():
    document = OfficialDocument(
        office="示例区民政局", number="示民〔2022〕1号", title="通知", addressee="各处", date=date(2022, 7, 5), body=("字" * 2000,)
    )  # fmt: skip
    lines = lines_by_height(render_pdf(document), page=1)
    body = {height: line for height, line in lines.items() if "字" in line[0][1]}
    assert len(body) == 22
    assert Counter(sum(text.count("字") for _, text in line) for line in body.values()) == {28: 22}
    assert all(
        min(x for x, _ in line) == pytest.approx(28 * POINTS_PER_MM, abs=0.5) for line in body.values()
    )
    # The first line begins at the upper edge of the text block, the last stands above its lower edge.
    assert max(body) == pytest.approx((297 - 37) * POINTS_PER_MM - 0.8 * 16, abs=1)
    assert min(body) > 35 * POINTS_PER_MM


def test_page_numbers_of_an_official_document_stand_outside_odd_right_even_left():
    document = replace(OFFICIAL, body=("字" * 1500,))
    pdf = render_pdf(document)
    middle = 105 * POINTS_PER_MM
    for page in (0, 1, 2):
        (x,) = [
            piece[0][0]
            for piece in lines_by_height(pdf, page).values()
            if squeezed(piece[0][1]).startswith("—")
        ]
        assert (x > middle) == (page % 2 == 0)


def test_the_block_at_the_foot_stands_on_the_lower_edge_of_the_last_page():
    for length in (10, 330, 420, 900):
        pdf = render_pdf(replace(OFFICIAL, body=("字" * length,)))
        last = len(pages_of(pdf)) - 1
        heights = [
            height
            for height, line in lines_by_height(pdf, last).items()
            if "查验请到" in "".join(text for _, text in line)
        ]
        assert heights, f"{length} characters"
        assert 35 * POINTS_PER_MM < heights[0] < 42 * POINTS_PER_MM


@pytest.mark.parametrize("paragraphs", range(5, 17))
def test_a_signature_never_stands_on_a_page_without_text(paragraphs):
    body = ("文" * 100,) * paragraphs
    for paper in (
        replace(OFFICIAL, body=body, attachments=()),
        replace(LETTER, opening=body, closing=body, conditions=(), amounts=(), objections=(), attachments=()),
    ):
        (signed,) = [page for page in pages_of(render_pdf(paper)) if "示例区民政局2022年7月5日" in page]
        assert "文文文文" in signed


def test_a_letter_of_official_kind_says_the_same_as_an_official_document():
    text = text_of(render_pdf(replace(LETTER, kind="official")))
    assert "示例区民政局文件" in text
    for condition in LETTER.conditions:
        assert squeezed(condition.label) in text
        assert squeezed(condition.article) in text
    assert "一、审核情况" in text and "二、发放金额" in text and "三、救济途径" in text


def test_a_long_letter_runs_over_pages_and_repeats_the_heads_of_its_table():
    conditions = tuple(
        Condition(label=f"第{n}项条件", met=n % 2 == 0, article=f"第{n}条") for n in range(1, 91)
    )
    pages = pages_of(render_pdf(replace(LETTER, conditions=conditions)))
    assert len(pages) >= 4
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in page
        assert "合成数据" in page
        assert "7K3M-Q2WX-8PRT" in page
    assert sum("条件与依据" in page for page in pages) >= 3
    assert all(f"第{n}项条件" in "".join(pages) for n in range(1, 91))


@pytest.mark.parametrize("kind", FULL)
def test_synthetic_data_is_called_so_on_every_page_and_real_data_on_none(kind):
    document = FULL[kind]
    assert all("合成数据" in page for page in pages_of(render_pdf(document)))
    assert not any("合成数据" in page for page in pages_of(render_pdf(replace(document, is_synthetic=False))))


@pytest.mark.parametrize("kind", FULL)
def test_in_english_headings_change_and_the_content_passes_as_given(kind):
    text = text_of(render_pdf(FULL[kind], language="en"))
    assert "Verificationcode:7K3M-Q2WX-8PRT" in text
    assert "查验码" not in text
    assert squeezed(FULL[kind].title or "Request for missing papers") in text


def test_a_file_is_archival_accessible_and_says_what_it_is():
    reader = PdfReader(BytesIO(render_pdf(LETTER)))
    assert reader.metadata.title == LETTER.title
    assert reader.metadata.author == LETTER.office
    assert reader.root_object["/Lang"].startswith("zh")
    assert reader.root_object["/MarkInfo"]["/Marked"]
    described = reader.root_object["/Metadata"].get_data().decode()
    assert "pdfaid" in described and "pdfuaid" in described


def test_fonts_travel_in_the_file_as_subsets():
    assert _font_names(render_pdf(LETTER)) == {"NotoSerifSC", "NotoSansSC"}
    assert len(render_pdf(LETTER)) < 200_000


@pytest.mark.parametrize("kind", FULL)
def test_the_same_paper_has_the_same_bytes_whatever_was_set_before(kind):
    first = render_pdf(FULL[kind])
    render_pdf(replace(FULL[kind], office="别处"))
    assert render_pdf(FULL[kind]) == first
    assert render_pdf(replace(FULL[kind], office="别处")) != first


def test_another_process_makes_the_same_bytes():
    program = (
        "import os, hashlib; os.environ['DJANGO_SETTINGS_MODULE'] = 'minzheng.surfaces.settings'\n"
        "os.environ['MINZHENG_NO_DATABASE'] = '1'\n"
        "from minzheng.kernel.documents import render_pdf\n"
        "from minzheng.kernel.documents.tests.samples import FULL\n"
        "print(hashlib.sha256(b''.join(render_pdf(paper) for paper in FULL.values())).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[4]), "TZ": "America/New_York"},
    ).stdout.strip()  # fmt: skip
    assert other == hashlib.sha256(b"".join(render_pdf(paper) for paper in FULL.values())).hexdigest()


def test_eight_threads_set_the_same_papers_as_one():
    papers = [
        replace(paper, number=f"示〔2022〕{number}号") for number in range(1, 13) for paper in FULL.values()
    ]
    alone = [render_pdf(paper) for paper in papers]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(render_pdf, papers * 2))
    assert together == alone * 2


def test_a_character_that_no_font_has_is_named_and_never_vanishes():
    paper = replace(LETTER, addressee=f"王{RARE}", opening=("您\x01\uffff好",))
    assert missing_characters(paper) == sorted(["\x01", "\uffff", *RARE])
    with pytest.raises(MissingCharacters, match="U\\+2CEB1") as refused:
        render_pdf(paper)
    assert refused.value.characters == sorted(["\x01", "\uffff", *RARE])


@pytest.mark.parametrize("kind", FULL)
def test_on_request_a_missing_character_is_marked_and_told_by_its_code(kind):
    field = {"receipt": "applicant", "certificate": "holder"}.get(kind, "addressee")
    text = text_of(render_pdf(replace(FULL[kind], **{field: f"王{RARE}国"}), on_missing="mark"))
    assert "王〓〓国" in text
    assert "U+24B62U+2CEB1" in text


def test_of_the_rare_characters_of_the_national_table_only_two_fish_are_missing():
    assert missing_characters(replace(LETTER, addressee="䶮喆堃赟翀珺犇骉淼燊垚焱鑫甯谌瑨旻彧湉翙㛃")) == []
    assert missing_characters(replace(LETTER, addressee=RARE_OF_THE_TABLE)) == ["𩽹", "𩽼"]


def test_a_bureaus_licensed_font_is_used_where_its_folder_has_it(tmp_path, settings):
    assert choose_fonts(None)["body"] == ["Noto Serif SC"]
    renamed = tmp_path / "fangsong.otf"
    renamed.write_bytes(_under_another_name(pylopdf_fonts_zh_cn.serif_path().read_bytes(), "FangSong"))
    settings.MINZHENG_FONTS = str(tmp_path)
    assert choose_fonts(tmp_path)["body"] == ["FangSong", "Noto Serif SC"]
    assert "FangSong" in _font_names(render_pdf(OFFICIAL))
    settings.MINZHENG_FONTS = None
    assert "FangSong" not in _font_names(render_pdf(OFFICIAL))


def test_a_font_folder_that_is_not_there_is_named(tmp_path, settings):
    settings.MINZHENG_FONTS = str(tmp_path / "nowhere")
    with pytest.raises(MissingFontFolder, match="nowhere"):
        render_pdf(LETTER)


def test_fonts_of_the_machine_are_never_used_by_chance():
    assert set(fonts_in(None).families()) == {"Noto Sans SC", "Noto Serif SC"}


def _font_names(pdf: bytes) -> set[str]:
    """The fonts of a PDF, each of them a subset: six letters and a plus sign before its name say so."""
    names = [
        font.get_object()["/BaseFont"]
        for page in PdfReader(BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert names and all(re.match(r"/[A-Z]{6}\+", name) for name in names)
    return {name[8:].split("-")[0] for name in names}


def _under_another_name(font: bytes, family: str) -> bytes:
    """The font file with its family renamed: the licensed fonts may not be in a repository."""
    changed = bytearray(font)
    tables = int.from_bytes(font[4:6], "big")
    (start,) = [
        int.from_bytes(font[at + 8 : at + 12], "big")
        for at in range(12, 12 + 16 * tables, 16)
        if font[at : at + 4] == b"name"
    ]
    storage = start + int.from_bytes(font[start + 4 : start + 6], "big")
    new = family.encode("utf-16-be")
    for at in range(start + 6, start + 6 + 12 * int.from_bytes(font[start + 2 : start + 4], "big"), 12):
        platform, _, _, name, length, offset = (
            int.from_bytes(font[at + 2 * n : at + 2 * n + 2], "big") for n in range(6)
        )
        if platform == 3 and name in (1, 6, 16):
            assert length >= len(new)
            changed[storage + offset : storage + offset + len(new)] = new
            changed[at + 8 : at + 10] = len(new).to_bytes(2, "big")
    return bytes(changed)
