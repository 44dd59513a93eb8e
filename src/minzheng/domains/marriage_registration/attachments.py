"""An act together with its photograph and signatures: all of it is kept, or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import transaction

from minzheng.domains.marriage_registration.attachment_models import Attachment
from minzheng.domains.marriage_registration.models import DivorceApplication, Registration
from minzheng.kernel.access import require
from minzheng.kernel.cases.uploads import keep_upload

Act = TypeVar("Act", bound=Registration | DivorceApplication)


@dataclass(frozen=True, slots=True)
class Taken:
    """One picture as bytes, or the number of the sheet of paper that has it."""

    what: str
    content: bytes = b""
    name: str = ""
    paper_number: str = ""


@transaction.atomic
def act_with(write: Callable[[], Act], taken: list[Taken], *, on: date) -> Act:
    """Writes an act and keeps what was taken with it (登记并存照片、签名), in one step or not at all.

    Args:
        write: the domain's own action; what it refuses is refused here.

    Raises:
        UploadRefused: a picture is none, or too large.
    """
    require("marriage.register")
    made = write()
    owner: dict[str, Any] = (
        {"registration": made} if isinstance(made, Registration) else {"application": made}
    )
    Attachment.objects.bulk_create(
        Attachment(
            **owner,
            division_code=made.division_code,
            what=one.what,
            upload=keep_upload(content=one.content, name=one.name, on=on) if one.content else None,
            paper_number=one.paper_number,
        )
        for one in taken
    )
    return made
