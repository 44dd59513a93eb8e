"""Letters and official documents (文书、公文): one place for layout and fonts, PDF and DOCX.

A domain fills in a `Letter`, an `OfficialDocument`, a `Receipt` or a `Certificate`; `render_pdf` and `render_docx` give the
same bytes for the same document, and `verification_code` the code by which anybody can check it. The block knows no
domain and keeps nothing.
"""

from minzheng.kernel.documents.codes import is_code_of, normalise_code, sealed, verification_code, with_code
from minzheng.kernel.documents.errors import MissingCharacters, MissingFontFolder
from minzheng.kernel.documents.labels import Language, day_in_words
from minzheng.kernel.documents.model import (
    Amount,
    Certificate,
    Condition,
    Document,
    Heading,
    Letter,
    Objection,
    OfficialDocument,
    Paper,
    Receipt,
)
from minzheng.kernel.documents.pdf import missing_characters, render_pdf
from minzheng.kernel.documents.word import render_docx
from minzheng.kernel.documents.wording import numeral

__all__ = [
    "Amount",
    "Certificate",
    "Condition",
    "Document",
    "Heading",
    "Language",
    "Letter",
    "MissingCharacters",
    "MissingFontFolder",
    "Objection",
    "OfficialDocument",
    "Paper",
    "Receipt",
    "day_in_words",
    "is_code_of",
    "missing_characters",
    "normalise_code",
    "numeral",
    "render_docx",
    "render_pdf",
    "sealed",
    "verification_code",
    "with_code",
]
