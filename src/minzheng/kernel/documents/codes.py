"""Verification codes (查验码): twelve characters that prove a paper came from this system and was not altered.

The code is an HMAC over everything the document says, so whoever holds the record can compute it again, and nobody without
the key can invent one. The alphabet leaves out I, L, O and U, and what people write instead is read as what was meant.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.conf import settings

from minzheng.kernel.documents.model import Document

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12  # 60 bits: a guess at a counter hits one in 10^18
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "　": None, "—": None})

CHECK_AT = "/letters/check/"
"""Where anybody checks the code of a paper."""

AnyDocument = TypeVar("AnyDocument", bound=Document)


def verification_code(document: Document, *, secret: str) -> str:
    """The code of a document under a key, in three groups of four. The document's own `code` and `check_at` do not count.

    Fields that a later version adds change nothing as long as they keep their default, so old papers stay right.
    """
    content = json.dumps(_content_of(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    mac = hmac.digest(b"minzheng.documents:" + secret.encode(), content.encode(), hashlib.sha256)
    number = int.from_bytes(mac[:8], "big") >> 4
    symbols = "".join(_ALPHABET[(number >> 5 * place) & 31] for place in range(_LENGTH))
    return "-".join(symbols[start : start + 4] for start in range(0, _LENGTH, 4))


def with_code(document: AnyDocument, *, secret: str, check_at: str) -> AnyDocument:
    """The same document bearing its code and where to check it."""
    return replace(document, code=verification_code(document, secret=secret), check_at=check_at)


def sealed(document: AnyDocument, number: str) -> AnyDocument:
    """The document as it is issued here: its number (文号), whether its world is synthetic, its code and where to check it."""
    issued = replace(document, number=number, is_synthetic=os.environ.get("MINZHENG_DEMO") == "1")
    return with_code(issued, secret=settings.SECRET_KEY, check_at=CHECK_AT)


def is_code_of(code: str, document: Document, *, secrets: Iterable[str]) -> bool:
    """Whether a code as somebody typed it belongs to the document under one of the keys (the present one and former ones)."""
    typed = normalise_code(code).encode()
    # Every key is tried, so that the time taken tells nothing.
    answers = [
        hmac.compare_digest(typed, verification_code(document, secret=secret).encode()) for secret in secrets
    ]
    return any(answers)


def normalise_code(text: str) -> str:
    """A code as typed, in the form it was printed in: for looking it up.

    >>> normalise_code(" 7k3m q2wx 8prt"), normalise_code("7K3MO2WX8PRl")
    ('7K3M-Q2WX-8PRT', '7K3M-02WX-8PR1')
    """
    symbols = text.strip().upper().translate(_READ_AS)
    return "-".join(symbols[start : start + 4] for start in range(0, len(symbols), 4))


def _content_of(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        content = {"kind_of_document": type(value).__name__}
        for field in fields(value):
            said = getattr(value, field.name)
            is_default = field.default is not MISSING and said == field.default
            if field.name not in ("code", "check_at") and not is_default:
                content[field.name] = _content_of(said)
        return content
    if isinstance(value, tuple | list):
        return [_content_of(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
