"""Builds the four Word templates in `templates/` that `word.py` fills.

A .docx cannot be reviewed line by line, so this script is the source and the files are its output; a test holds them
together. Each run names its Chinese font as well as its Latin one: Word otherwise sets Chinese in whatever it likes. The
fonts are those of GB/T 9704 (方正小标宋, 仿宋, 黑体, 楷体), which office machines have.

    python -m minzheng.kernel.documents.word_templates
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from minzheng.kernel.documents.word import TEMPLATES

TITLE, BODY, HEADING, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
RED, PRIMARY, SOFT, WARN = (RGBColor.from_string(code) for code in ("D7000F", "0C6170", "465860", "7D4A00"))
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT

# 22 lines in 225 mm: points from line to line. 28 characters of 16 pt in 156 mm: twips to take off each.
_OFFICIAL_LINE = 28.95
_OFFICIAL_TIGHTER = -5


def build(folder: Path = TEMPLATES) -> None:
    """Writes letter.docx, official.docx, receipt.docx and certificate.docx into the folder."""
    layouts: dict[str, Callable[[], WordDocument]] = {
        "letter": _letter,
        "official": _official,
        "receipt": _receipt,
        "certificate": _certificate,
    }
    for name, layout in layouts.items():
        layout().save(str(folder / f"{name}.docx"))


def _letter() -> WordDocument:
    page = _page(font=SONG, size=13, margins=(26, 28, 25, 25))
    _letterhead(page)
    _line(page, "{{ title }}", font=HEADING, size=20, align=CENTRE, before=16, after=16)
    _line(page, "{{ addressee }}{{ labels.colon }}", bold=True)
    _each(page, "paragraph in opening", "{{ paragraph }}", indent=True)
    with_conditions = _section(page, "conditions", "{{ labels.conditions }}")
    _table(
        page,
        heads=("condition", "found", "threshold", "result"),
        each="condition in conditions",
        cells=(
            "{{ condition.label }}",
            "{{ condition.value }}",
            "{{ condition.threshold }}",
            "{{ condition.result }}",
        ),
        below="{{ condition.article }}{% if condition.mark %} · {{ condition.mark }}{% endif %}",
        widths=(66, 36, 34, 24),
    )
    with_conditions()
    with_amounts = _section(page, "amounts", "{{ labels.amounts }}")
    _table(
        page,
        heads=("amount_item", "amount_value"),
        each="amount in amounts",
        cells=("{{ amount.label }}", "{{ amount.value }}"),
        widths=(110, 50),
        last=RIGHT,
    )
    with_amounts()
    _each(page, "paragraph in closing", "{{ paragraph }}", indent=True, before=6)
    _objections(page)
    with_attachments = _section(page, "attachments", "{{ labels.attachments }}")
    _each(page, "name in attachments", "{{ name }}")
    with_attachments()
    _signature(page)
    _when(page, "contact", "{{ labels.contact }}{{ labels.colon }}{{ contact }}", size=11)
    _when(page, "disclosure", "{{ disclosure }}", size=11)
    _when(page, "copies", "{{ copies }}", size=11)
    _assumptions(page)
    return page


def _official() -> WordDocument:
    page = _page(font=BODY, size=16, margins=(37, 35, 28, 26), footer=False)
    page.styles["Normal"].paragraph_format.line_spacing = Pt(_OFFICIAL_LINE)
    _page_numbers_outside(page)
    # The mark stands 35 mm below the upper edge of the text block.
    for test, size in (
        ("if head|length <= 10", 42),
        ("elif head|length <= 12", 35),
        ("elif head|length <= 15", 28),
        ("else", 20),
    ):
        _tag(page, f"{{%p {test} %}}")
        _line(
            page,
            "{{ head }}",
            font=TITLE,
            size=size,
            colour=RED,
            align=CENTRE,
            before=35 / 25.4 * 72,
            exact=52,
        )
    _tag(page, "{%p endif %}")
    _empty(page, 2)
    number = _line(page, "{{ number }}", align=CENTRE, after=4 / 25.4 * 72)
    _rule(number, "D7000F", eighths=10, gap=11)
    _empty(page, 1)
    _line(page, "{{ title }}", font=TITLE, size=22, align=CENTRE, exact=32)
    _empty(page, 1)
    _line(page, "{{ addressee }}{{ labels.colon }}")
    _tag(page, "{%p for part in body %}")
    for level, font in ((0, BODY), (1, HEADING), (2, KAI), (3, BODY)):
        _tag(page, f"{{%p if part.level == {level} %}}")
        _line(page, "{{ part.text }}", font=font, indent=True, keep=level > 0, tighter=True)
        _tag(page, "{%p endif %}")
    _tag(page, "{%p endfor %}")
    _tag(page, "{%p if attachments %}")
    _empty(page, 1)
    _each(
        page,
        "name in attachments",
        "{% if loop.first %}{{ labels.attachments }}{{ labels.colon }}{% else %}　　　{% endif %}{{ name }}",
        indent=True,
    )
    _tag(page, "{%p endif %}")
    _empty(page, 2)
    _line(page, "{{ signed_by }}", align=RIGHT, right=3 * 16, keep=True)
    _line(page, "{{ date }}", align=RIGHT, right=4 * 16)
    _when(page, "disclosure", "{{ disclosure }}", indent=True)
    _assumptions(page)
    _foot_block(page)
    return page


def _receipt() -> WordDocument:
    page = _page(font=SONG, size=12, margins=(24, 25, 25, 25))
    _letterhead(page)
    _line(page, "{{ title }}", font=HEADING, size=20, align=CENTRE, before=14, after=12)
    _each(page, "fact in facts", "{{ fact.label }}{{ labels.colon }}{{ fact.value }}")
    _when(
        page,
        "due_on",
        "{{ due_label }}{{ labels.colon }}{{ due_on }}",
        font=HEADING,
        size=16,
        colour=PRIMARY,
        before=8,
    )
    _when(page, "due_basis", "{{ due_basis }}", size=10, colour=SOFT)
    _tag(page, "{%p for group in papers %}")
    _line(page, "{{ group.title }}", font=HEADING, size=12.5, colour=PRIMARY, before=10, after=4, keep=True)
    _table(
        page,
        heads=("paper", "count", "note"),
        each="row in group.rows",
        cells=("{{ row.name }}", "{{ row.count }}", "{{ row.note }}"),
        widths=(80, 20, 60),
    )
    _tag(page, "{%p endfor %}")
    _each(page, "note in notes", "{{ note }}", indent=True, before=6)
    _objections(page)
    with_places = _section(page, "ask_at", "{{ labels.ask_at }}")
    _each(page, "place in ask_at", "{{ place }}")
    with_places()
    _signature(page)
    _assumptions(page)
    return page


def _certificate() -> WordDocument:
    page = _page(font=SONG, size=13.5, margins=(40, 44, 36, 36))
    _frame(page)
    page.sections[0].header_distance = page.sections[0].footer_distance = Mm(22)
    _line(page, "{{ office }}", font=HEADING, size=14, colour=SOFT, align=CENTRE)
    _line(page, "{{ title }}", size=28, colour=PRIMARY, bold=True, align=CENTRE, before=24, after=14)
    _when(page, "number", "{{ number }}", font=HEADING, size=10.5, colour=SOFT, align=CENTRE)
    _line(page, "{{ labels.holder }}", font=HEADING, size=10.5, colour=SOFT, align=CENTRE, before=28)
    _line(page, "{{ holder }}", size=22, bold=True, align=CENTRE, after=20)
    _when(page, "statement", "{{ statement }}", indent=True, after=10)
    rows = page.add_table(rows=3, cols=2)
    _fill(
        rows, ("{%tr for row in rows %}", ""), ("{{ row.label }}", "{{ row.value }}"), ("{%tr endfor %}", "")
    )
    _shape(rows, (38, 100))
    _when(page, "valid", "{{ labels.valid }}{{ labels.colon }}{{ valid }}", before=8)
    _when(page, "basis", "{{ labels.basis }}{{ labels.colon }}{{ basis }}")
    _signature(page)
    _assumptions(page)
    return page


# ── Parts that several layouts share


def _letterhead(page: WordDocument) -> None:
    head = _line(page, "{{ office }}", font=HEADING, size=14, colour=PRIMARY, after=2)
    _rule(head, "0C6170", eighths=10, gap=4)
    _when(page, "number", "{{ number }}", font=HEADING, size=10.5, colour=SOFT, align=RIGHT)


def _section(page: WordDocument, given: str, text: str) -> Callable[[], None]:
    """A heading that is there if the data is; call what it returns where the section ends."""
    _tag(page, f"{{%p if {given} %}}")
    _line(page, text, font=HEADING, size=13, colour=PRIMARY, before=12, after=5, keep=True)
    return lambda: _tag(page, "{%p endif %}")


def _objections(page: WordDocument) -> None:
    done = _section(page, "objections", "{{ labels.objections }}")
    comma = "{% if language == 'zh' %}，{% else %}, {% endif %}"
    _each(
        page,
        "way in objections",
        "{{ loop.index }}. {{ way.way }}{{ labels.colon }}{{ way.where }}"
        f"{{% if way.within %}}{comma}{{{{ way.within }}}}{{% endif %}}"
        "{% if way.article %}（{{ way.article }}）{% endif %}",
    )
    done()


def _signature(page: WordDocument) -> None:
    _line(page, "{{ signed_by }}", align=RIGHT, before=24, keep=True)
    _line(page, "{{ date }}", align=RIGHT)


def _assumptions(page: WordDocument) -> None:
    _tag(page, "{%p if illustrative %}")
    _line(page, "{{ labels.assumptions }}{{ labels.colon }}", font=HEADING, size=9.5, colour=WARN, before=14)
    _each(page, "note in illustrative", "· {{ note }}", font=HEADING, size=9.5, colour=WARN)
    _tag(page, "{%p endif %}")


def _foot_block(page: WordDocument) -> None:
    """The block at the foot (版记): floats to the lower edge of the text block, thick rules outside and thin ones inside."""
    block = page.add_table(rows=9, cols=1)
    lines = (
        ("copies", "{{ labels.copies }}{{ labels.colon }}{{ copies }}"),
        ("printed_by", "{{ printed_by }}　　{{ printed_on }}{{ labels.printed }}"),
        (
            "code",
            "{{ labels.code }}{{ labels.colon }}{{ code }}　{{ labels.check_at }}{{ labels.colon }}{{ check_at }}",
        ),
    )
    texts: list[tuple[str]] = []
    for given, text in lines:
        texts += [(f"{{%tr if {given} %}}",), (text,), ("{%tr endif %}",)]
    _fill(block, *texts, size=14, font=BODY)
    _shape(block, (156,), outer=8, inner=6)
    place = _element(
        "w:tblpPr", vertAnchor="margin", horzAnchor="margin", tblpXSpec="left", tblpYSpec="bottom"
    )
    block._tbl.tblPr.insert(1, place)
    page.add_paragraph()


# ── Page


def _page(*, font: str, size: float, margins: tuple[int, int, int, int], footer: bool = True) -> WordDocument:
    """An A4 page; margins are top, bottom, left and right in millimetres."""
    page = docx.Document()
    for paragraph in list(page.paragraphs):
        paragraph._element.getparent().remove(paragraph._element)
    _leave_out_unused(page)
    normal = page.styles["Normal"]
    normal.font.size = Pt(size)
    normal.font.name = LATIN
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.25
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, margins)
    mark = section.header.paragraphs[0]
    mark.alignment = CENTRE
    _run(mark, "{{ synthetic }}", font=HEADING, size=9, colour=RGBColor.from_string("A82018"))
    if footer:
        small: Any = {"font": HEADING, "size": 9, "colour": SOFT}
        code = "{{ labels.code }}{{ labels.colon }}{{ code }}"
        place = "{{ labels.check_at }}{{ labels.colon }}{{ check_at }}"
        _run(section.footer.paragraphs[0], f"{{% if code %}}{code}　{place}{{% endif %}}", **small)
        foot = section.footer.add_paragraph()
        foot.alignment = RIGHT
        _run(foot, "{{ labels.page_before }} ", **small)
        _field(foot, "PAGE", size=9)
        _run(foot, " {{ labels.page_middle }} ", **small)
        _field(foot, "NUMPAGES", size=9)
        _run(foot, " {{ labels.page_after }}", **small)
    return page


def _leave_out_unused(page: WordDocument) -> None:
    """The blank document brings a megabyte of table styles and a picture of itself; each letter would carry them."""
    for style in list(page.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name != "Normal Table":
            style.delete()
    for part in (page.part, page.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.endswith(("/stylesWithEffects", "/thumbnail")):
                part.rels.pop(key)


def _page_numbers_outside(page: WordDocument) -> None:
    page.settings.odd_and_even_pages_header_footer = True
    section = page.sections[0]
    section.footer_distance = Mm(23)
    mark = section.even_page_header.paragraphs[0]
    mark.alignment = CENTRE
    _run(mark, "{{ synthetic }}", font=HEADING, size=9, colour=RGBColor.from_string("A82018"))
    for foot, align in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        paragraph = foot.paragraphs[0]
        paragraph.alignment = align
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        _run(paragraph, "— ", font=SONG, size=14)
        _field(paragraph, "PAGE", size=14)
        _run(paragraph, " —", font=SONG, size=14)


def _frame(page: WordDocument) -> None:
    """A double line around the certificate's page."""
    borders = _element("w:pgBorders", offsetFrom="page")
    for side in ("top", "left", "bottom", "right"):
        borders.append(_element(f"w:{side}", val="thickThinSmallGap", sz=18, space=28, color="0C6170"))
    section = page.sections[0]._sectPr
    section.find(qn("w:pgMar")).addnext(borders)


# ── Lines, tables and runs


def _line(
    page: WordDocument,
    text: str,
    *,
    font: str = "",
    size: float | None = None,
    colour: RGBColor | None = None,
    bold: bool = False,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
    right: float = 0,
    before: float = 0,
    after: float = 0,
    exact: float = 0,
    keep: bool = False,
    tighter: bool = False,
) -> Paragraph:
    """One paragraph; sizes in points. `indent` is two characters, whatever the size."""
    paragraph = page.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.keep_with_next = keep or None
    if align is not None:
        form.alignment = align
    if right:
        form.right_indent = Pt(right)
    if exact:
        form.line_spacing, form.line_spacing_rule = Pt(exact), WD_LINE_SPACING.EXACTLY
    if indent:
        form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        form.first_line_indent = Pt(2 * (size or page.styles["Normal"].font.size.pt))
        paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "200")
    run = _run(paragraph, text, font=font or _east_asian(page), size=size, colour=colour, bold=bold)
    if tighter:
        run._element.get_or_add_rPr().append(_element("w:spacing", val=_OFFICIAL_TIGHTER))
    return paragraph


def _each(page: WordDocument, loop: str, text: str, **form: Any) -> None:
    _tag(page, f"{{%p for {loop} %}}")
    _line(page, text, **form)
    _tag(page, "{%p endfor %}")


def _when(page: WordDocument, given: str, text: str, **form: Any) -> None:
    _tag(page, f"{{%p if {given} %}}")
    _line(page, text, **form)
    _tag(page, "{%p endif %}")


def _tag(page: WordDocument, tag: str) -> None:
    """A paragraph that holds one tag and is gone once the template is filled."""
    page.add_paragraph(tag)


def _empty(page: WordDocument, count: int) -> None:
    for _ in range(count):
        _line(page, "")


def _table(
    page: WordDocument,
    *,
    heads: tuple[str, ...],
    each: str,
    cells: tuple[str, ...],
    widths: tuple[int, ...],
    below: str = "",
    last: WD_ALIGN_PARAGRAPH = LEFT,
) -> None:
    """A table with one row per item; `below` is small print under the first cell."""
    table = page.add_table(rows=4, cols=len(heads))
    blank = ("",) * (len(heads) - 1)
    _fill(
        table,
        tuple(f"{{{{ labels.{head} }}}}" for head in heads),
        (f"{{%tr for {each} %}}", *blank),
        cells,
        ("{%tr endfor %}", *blank),
    )
    if below:
        small = table.rows[2].cells[0].add_paragraph()
        small.paragraph_format.line_spacing = 1.0
        _run(small, below, font=HEADING, size=8.5, colour=SOFT)
    for row in (table.rows[0], table.rows[2]):
        row.cells[-1].paragraphs[0].alignment = last
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader"))
    _shape(table, widths)


def _fill(table: Any, *rows: tuple[str, ...], size: float = 10.5, font: str = HEADING) -> None:
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.paragraphs[0].paragraph_format.line_spacing = 1.0
            _run(cell.paragraphs[0], text, font=font, size=size)


def _shape(table: Any, widths: tuple[int, ...], *, outer: int = 8, inner: int = 4) -> None:
    """Column widths in millimetres, rules in eighths of a point; none stand upright."""
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    borders = _element("w:tblBorders")
    for side, eighths in (("top", outer), ("bottom", outer), ("insideH", inner)):
        borders.append(_element(f"w:{side}", val="single", sz=eighths, space=0, color="6D7F84"))
    table._tbl.tblPr.append(borders)
    margins = _element("w:tblCellMar")
    for side in ("top", "bottom"):
        margins.append(_element(f"w:{side}", w=60, type="dxa"))
    table._tbl.tblPr.append(margins)


def _run(
    paragraph: Paragraph,
    text: str,
    *,
    font: str,
    size: float | None = None,
    colour: RGBColor | None = None,
    bold: bool = False,
) -> Run:
    run = paragraph.add_run(text)
    run.font.name = LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    run.font.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = colour
    return run


def _field(paragraph: Paragraph, name: str, *, size: float) -> None:
    """A number that Word counts itself: PAGE or NUMPAGES."""
    for kind, text in (("begin", ""), ("", name), ("separate", ""), ("", "1"), ("end", "")):
        run = _run(paragraph, "", font=SONG, size=size)
        if kind:
            run._r.append(_element("w:fldChar", fldCharType=kind))
        elif text == name:
            instruction = _element("w:instrText")
            instruction.text = name
            run._r.append(instruction)
        else:
            run.text = text


def _rule(paragraph: Paragraph, colour: str, *, eighths: int, gap: int) -> None:
    borders = _element("w:pBdr")
    borders.append(_element("w:bottom", val="single", sz=eighths, space=gap, color=colour))
    # Word wants the properties of a paragraph in one order: the rule comes before spacing and alignment.
    properties = paragraph._p.get_or_add_pPr()
    later = [child for child in properties if child.tag in (qn("w:spacing"), qn("w:ind"), qn("w:jc"))]
    if later:
        later[0].addprevious(borders)
    else:
        properties.append(borders)


def _element(tag: str, **attributes: object) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def _east_asian(page: WordDocument) -> str:
    return str(page.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")))


if __name__ == "__main__":
    build()
