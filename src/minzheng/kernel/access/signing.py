"""The signature by which the database believes who acts.

Raw SQL as the web role can set any `app.post`; without the key it cannot sign it, so the policies give it nothing. The
key is derived from `SECRET_KEY`, and the owner stores it in a table the web role cannot read (see `preparation`).
A signature names its moment and is worth nothing a day later.
"""

from __future__ import annotations

import hashlib
import time

from django.conf import settings


def signing_key() -> bytes:
    return hashlib.sha256(b"minzheng access actor\0" + settings.SECRET_KEY.encode()).digest()


def _now() -> float:
    return time.time()


def sign(subject: str) -> str:
    """`<seconds>.<hex>` for a subject such as `post:7`; the outer hash keeps the inner one from being extended."""
    key, moment = signing_key(), str(int(_now()))
    inner = hashlib.sha256(key + f"{subject}@{moment}".encode()).digest()
    return f"{moment}.{hashlib.sha256(key + inner).hexdigest()}"
