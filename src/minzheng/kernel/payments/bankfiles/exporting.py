"""Export (导出银行文件): write the file, store it by its hash, mark the orders as sent and post it, all or nothing."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction

from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.payments.bankfiles import bank_csv, pain001
from minzheng.kernel.payments.bankfiles.message import Message
from minzheng.kernel.payments.bankfiles.payer import payer
from minzheng.kernel.payments.bankfiles.rows import copy_lines
from minzheng.kernel.payments.batches import OF_BATCH, check_sum, lock_batch, of_batch
from minzheng.kernel.payments.bulk import for_many_rows
from minzheng.kernel.payments.errors import BatchChanged, NotReady
from minzheng.kernel.payments.models import BankFile, Batch
from minzheng.kernel.payments.posting import post
from minzheng.kernel.storage.paths import files_home

_LAYOUTS = {BankFile.Format.PAIN001: pain001, BankFile.Format.CSV: bank_csv}


@transaction.atomic
def export_batch(*, batch_id: int, format: str = BankFile.Format.PAIN001, on: date) -> BankFile:
    """Make the bank file of an approved batch (导出银行文件); asked again, returns the file that was made.

    The first file is the instruction to the bank. Another format of the same batch is a copy for reading: it carries
    the same numbers and posts nothing.

    Raises:
        NotReady: the batch is not approved, or was withdrawn.
        BatchChanged: what was written does not add up to what was approved; nothing is recorded then.
    """
    batch = lock_batch(batch_id)
    actor = require("payments.export", batch.programme)
    made = BankFile.objects.filter(batch=batch, format=format).first()
    if made is not None:
        return made
    if batch.state not in (Batch.State.APPROVED, Batch.State.SENT, Batch.State.SETTLED):
        raise NotReady(
            f"批次 {batch.message_id} 现为“{batch.get_state_display()}”，复核后才能导出"
            f" / {batch.message_id} is {batch.state}: it can be exported once approved"
        )
    sha256, size = _write(batch, format, batch.sent_on or on)
    is_instruction = batch.state == Batch.State.APPROVED
    file = BankFile.objects.create(
        batch=batch,
        format=format,
        is_instruction=is_instruction,
        sha256=sha256,
        size=size,
        orders_count=batch.orders_count,
        total_fen=batch.total_fen,
        exported_by_id=actor.official,
        exported_on=on,
    )
    if is_instruction:
        with for_many_rows(), connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE payments_order o SET state = 'sent' WHERE {OF_BATCH} AND o.state = 'in_batch'",
                of_batch(batch),
            )
            if cursor.rowcount != batch.orders_count:
                raise BatchChanged(
                    f"批次 {batch.message_id} 的指令状态不一致 / the orders of the batch are not all waiting"
                )
            post("send", where=OF_BATCH, values=of_batch(batch), on=on)
        batch.state, batch.sent_on = Batch.State.SENT, on
        batch.save(update_fields=["state", "sent_on"])
    audit.record(
        "payments.export",
        subject=batch.message_id,
        detail={
            "format": str(format),
            "sha256": sha256,
            "orders": batch.orders_count,
            "total_fen": batch.total_fen,
        },
        division_code=batch.division_code,
    )
    return file


def file_path(file: BankFile) -> Path:
    """Where the bytes of a bank file lie."""
    return _folder() / file.sha256


def open_file(file: BankFile) -> BinaryIO:
    """The stored bytes, for a download.

    Raises:
        NotReady: the bytes are gone or were changed; the batch's other records still stand.
    """
    path = file_path(file)
    try:
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
    except FileNotFoundError:
        digest = ""
    if digest != file.sha256:
        raise NotReady(
            f"银行文件 {file.name} 已丢失或被改动 / the stored file {file.name} is missing or was changed"
        )
    return path.open("rb")


def _folder() -> Path:
    folder = files_home() / "bank"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _write(batch: Batch, format: str, on: date) -> tuple[str, int]:
    """Write and store the file; returns its hash and size. The file is whole on disk before anything names it."""
    # The orders of a batch are frozen, so the sum checked here is the sum written below.
    check_sum(batch)
    folder = _folder()
    digest = hashlib.sha256()
    handle = tempfile.NamedTemporaryFile(dir=folder, prefix=".writing-", delete=False)  # noqa: SIM115
    try:
        with handle:

            def put(block: bytes) -> None:
                digest.update(block)
                handle.write(block)

            layout = _LAYOUTS[BankFile.Format(format)]
            message = Message(batch.message_id, batch.orders_count, batch.total_fen, on, payer())
            put(layout.head(message))
            count = copy_lines(put, layout.LINE, batch, csv=layout.IS_CSV)
            put(layout.tail(message))
            if count != batch.orders_count:
                raise BatchChanged(
                    f"银行文件写出 {count} 笔，批次为 {batch.orders_count} 笔"
                    " / the file does not hold the approved orders: withdraw the batch and prepare it again"
                )
            handle.flush()
            os.fsync(handle.fileno())
            size = handle.tell()
        os.replace(handle.name, folder / digest.hexdigest())
    except BaseException:
        Path(handle.name).unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size
