"""Reading papers back: the text of a PDF, its lines by position, the words of a Word file."""

from __future__ import annotations

import re
from collections import defaultdict
from io import BytesIO

import docx
from pypdf import PdfReader

POINTS_PER_MM = 72 / 25.4


def squeezed(text: str) -> str:
    """Without any white space: lines break where they like."""
    return re.sub(r"\s", "", text)


def pages_of(pdf: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return "".join(pages_of(pdf))


def lines_by_height(pdf: bytes, page: int) -> dict[int, list[tuple[float, str]]]:
    """The lines of a page: whole points from the lower edge → pieces with their distance from the left edge in points."""
    lines: dict[int, list[tuple[float, str]]] = defaultdict(list)

    def see(text, matrix, text_matrix, font, size):
        if text.strip():
            x = text_matrix[4] * matrix[0] + matrix[4]
            y = text_matrix[5] * matrix[3] + matrix[5]
            lines[round(y)].append((x, text.strip()))

    PdfReader(BytesIO(pdf)).pages[page].extract_text(visitor_text=see)
    return dict(lines)


def runs_of(word_file: bytes):
    """Every run with text: body, tables, headers and footers."""
    document = docx.Document(BytesIO(word_file))
    places = [document.element.body]
    for section in document.sections:
        places += [section.header._element, section.footer._element]
        places += [section.even_page_header._element, section.even_page_footer._element]
    for place in places:
        for run in place.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}r"):
            if run.text.strip():
                yield run


def words_of_file(word_file: bytes) -> str:
    return squeezed("".join(run.text for run in runs_of(word_file)))
