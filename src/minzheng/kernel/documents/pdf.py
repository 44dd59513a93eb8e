"""PDF by typst: archival (PDF/A-2a) and accessible (PDF/UA-1) in one file, the same bytes for the same document.

A stored hash must stay right, so nothing in a file depends on the clock or the machine: the creation date is the date of
the document, fonts come from the environment and the bureau's folder, and the data travels as JSON. A compiler is kept per
thread (one alone refuses a second thread); the parsed layouts and fonts behind them are shared.
"""

from __future__ import annotations

import json
import threading
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Literal

import typst

from minzheng.kernel.documents.errors import MissingCharacters
from minzheng.kernel.documents.fonts import choose_fonts, font_folder, fonts_in
from minzheng.kernel.documents.labels import Language
from minzheng.kernel.documents.model import Document
from minzheng.kernel.documents.wording import Words, each_text, texts_in, words_of

LAYOUTS = Path(__file__).parent / "layouts"
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
PLACEHOLDER = "〓"

# typst wants a fixed offset, which a time zone with a history is not.
_BEIJING_TIME = timezone(timedelta(hours=8))

_kept = threading.local()


def render_pdf(
    document: Document, *, language: Language = "zh", on_missing: Literal["refuse", "mark"] = "refuse"
) -> bytes:
    """The document as PDF. `language` chooses headings and labels; what the document says passes as given.

    A character that no font has never vanishes: the file is refused, or with `on_missing="mark"` shows 〓 in its place
    and lists the characters by code at the end.

    Raises:
        MissingCharacters: naming each of them, unless they are to be marked.
        MissingFontFolder: the setting MINZHENG_FONTS names no folder.
    """
    words = words_of(document, language)
    try:
        return _compile(words, document.date)
    except typst.TypstError as error:
        missing = _missing_in(words, document.date) if _cannot_be_shown(error) else []
        if not missing:
            raise
    if on_missing == "refuse":
        raise MissingCharacters(words["title"], missing)
    return _compile(mark_missing(words, missing), document.date)


def missing_characters(document: Document) -> list[str]:
    """The characters of the document that no font at hand has, in the order of their codes; mostly none."""
    return _missing_in(words_of(document), document.date)


def mark_missing(words: Words, missing: list[str]) -> Words:
    """The same words with 〓 for each missing character, and a note that names them by code."""
    table = str.maketrans(dict.fromkeys(missing, PLACEHOLDER))
    codes = " ".join(f"U+{ord(character):04X}" for character in missing)
    marked: Words = each_text(words, lambda text: text.translate(table))
    note = f"{words['labels']['missing']}{words['labels']['colon']} {codes}"
    return marked | {"missing_note": note}


def _compile(words: Words, on: date) -> bytes:
    made = _compiler().compile(
        input=str(LAYOUTS / f"{words['layout']}.typ"),
        sys_inputs={
            "words": json.dumps(words, ensure_ascii=False),
            "fonts": json.dumps(choose_fonts(font_folder()), ensure_ascii=False),
        },
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=datetime.combine(on, time(), _BEIJING_TIME),
    )
    assert isinstance(made, bytes)
    return made


def _compiler() -> typst.Compiler:
    folder = font_folder()
    if getattr(_kept, "folder", ...) != folder:
        _kept.compiler = typst.Compiler(
            root=str(LAYOUTS), font_paths=fonts_in(folder), ignore_system_fonts=True
        )
        _kept.folder = folder
    compiler: typst.Compiler = _kept.compiler
    return compiler


def _cannot_be_shown(error: typst.TypstError) -> bool:
    return "could not be displayed" in error.message or "disallowed codepoint" in error.message


def _missing_in(words: Words, on: date) -> list[str]:
    """Halves the characters of the text until typst accepts each half: what draws the page also says what it lacks."""

    def lacking(characters: list[str]) -> list[str]:
        if not characters:
            return []
        try:
            _compile({"layout": "probe", "characters": characters, "language": "zh"}, on)
        except typst.TypstError as error:
            if not _cannot_be_shown(error):
                raise
        else:
            return []
        if len(characters) == 1:
            return characters
        middle = len(characters) // 2
        return lacking(characters[:middle]) + lacking(characters[middle:])

    return lacking(sorted(set("".join(texts_in(words))) - set("\n\r\t ")))
