"""DOCX by docxtpl, for papers that an office edits further or passes on by its own system.

The same words as in the PDF, put into the templates that `word_templates.py` builds. The file names the fonts of the
standard and holds none; an office machine has them. Filled twice, a template gives the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from datetime import datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path

from docxtpl import DocxTemplate  # type: ignore[import-untyped]

from minzheng.kernel.documents.errors import MissingCharacters
from minzheng.kernel.documents.labels import Language
from minzheng.kernel.documents.model import Document
from minzheng.kernel.documents.wording import texts_in, words_of

TEMPLATES = Path(__file__).parent / "templates"

# XML has no way to write these, so Word could not open the file.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def render_docx(document: Document, *, language: Language = "zh") -> bytes:
    """The document for Word. `language` chooses headings and labels; what the document says passes as given.

    Raises:
        MissingCharacters: it holds control characters, which no Word file can.
    """
    words = words_of(document, language)
    unwritable = sorted(set(_UNWRITABLE.findall("".join(texts_in(words)))))
    if unwritable:
        raise MissingCharacters(words["title"], unwritable)
    template = DocxTemplate(BytesIO(_template(words["layout"])))
    template.render(words, autoescape=True)
    # `get_docx()` would load the unfilled template again.
    about = template.docx.core_properties
    about.title = words["title"].replace("\n", "")
    about.author = about.last_modified_by = words["office"]
    about.language = "zh-CN" if language == "zh" else "en-GB"
    about.created = about.modified = datetime.combine(document.date, time())
    filled = BytesIO()
    template.save(filled)
    return _without_times(filled)


@cache
def _template(layout: str) -> bytes:
    return (TEMPLATES / f"{layout}.docx").read_bytes()


def _without_times(filled: BytesIO) -> bytes:
    """The same archive with one fixed time on every part: the clock would give a stored file another hash each time."""
    steady = BytesIO()
    with zipfile.ZipFile(filled) as parts, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as kept:
        for part in parts.infolist():
            kept.writestr(
                zipfile.ZipInfo(part.filename, _LONG_AGO),
                parts.read(part),
                compress_type=zipfile.ZIP_DEFLATED,
            )
    return steady.getvalue()
