"""Files are taken by what they are, kept whole or not at all, and given back as downloads."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.cases import uploads
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.cases.tests import world
from minzheng.kernel.cases.uploads import UploadRefused, download_of, keep_upload
from minzheng.kernel.storage.paths import files_home

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x11" * 64 + b"\xff\xd9"
HEIC = (
    struct.pack(">I", 24)
    + b"ftypheic\x00\x00\x00\x00mif1heic"
    + struct.pack(">I", 16)
    + b"mdat"
    + b"\x07" * 8
)
WEBP = b"RIFF" + struct.pack("<I", 4 + 8 + 10) + b"WEBP" + b"VP8 " + struct.pack("<I", 10) + b"\x01" * 10


def png(size: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\xaa\xbb\xcc" * size for _ in range(size)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def docx() -> bytes:
    made, file = Document(), io.BytesIO()
    made.add_paragraph("家庭情况说明")
    made.save(file)
    return file.getvalue()


def xlsx() -> bytes:
    made, file = Workbook(), io.BytesIO()
    made.active["A1"] = "收入"
    made.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, data: bytes, *, packed: bool = True) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as parts:
        parts.writestr(name, data)
    return file.getvalue()


def plain_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("a.txt", "a")
    return file.getvalue()


GOOD = {"pdf": PDF, "jpg": JPEG, "png": png(), "heic": HEIC, "webp": WEBP, "docx": docx(), "xlsx": xlsx()}


@pytest.fixture(autouse=True)
def clerk(request):
    if "nobody" not in request.node.name:
        request.getfixturevalue("as_post")("centre_clerk", world.XUHUI)


def files() -> list[Path]:
    return [path for path in (files_home() / "uploads").glob("*/*") if path.is_file()]


@pytest.mark.parametrize("ending", GOOD)
def test_what_people_photograph_and_write_is_taken_whatever_it_is_called(ending):
    row = keep_upload(content=GOOD[ending], name="材料", on=world.ON)
    assert row.name == f"材料.{ending}" and row.size == len(GOOD[ending])
    given = download_of(row)
    assert given.path.read_bytes() == GOOD[ending]
    assert given.content_type == "application/octet-stream" and given.name == f"材料.{ending}"
    assert stat.S_IMODE(given.path.stat().st_mode) == 0o600
    assert given.path.parent.name == row.sha256[:2] and given.path.name == row.sha256


def test_the_ending_of_the_name_changes_nothing():
    assert keep_upload(content=png(), name="照片.pdf", on=world.ON).content_type == "image/png"


BAD = {
    "an empty file": b"",
    "a program renamed to a picture": b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200,
    "a Linux program": b"\x7fELF\x02\x01\x01" + b"\x00" * 200,
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "a page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "a drawing that runs scripts": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "plain text": "说明".encode(),
    "an archive": plain_zip(),
    "a gzip archive": b"\x1f\x8b\x08\x00" + b"\x00" * 40,
    "a rar archive": b"Rar!\x1a\x07\x01\x00" + b"\x00" * 40,
    "an old Word file, which may hold macros": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "a GIF, which is not on the list": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "a PDF with a script": PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
    "a PDF that starts a program": PDF.replace(b"/Type/Catalog", b"/Type/Catalog/AA<</S/Launch/F(cmd.exe)>>"),
    "a PDF with a script packed into an object stream": PDF.replace(
        b"trailer",
        b"3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\n" + zlib.compress(b"4 0 <</S/JavaScript/JS(x)>>")
        + b"\nendstream endobj\ntrailer",
    ),
    "a PDF that is an archive as well": PDF + plain_zip(),
    "a PDF that is a page as well": PDF[:9] + b"<html><script>1</script></html>" + PDF[9:],
    "a PDF cut off": PDF[:-20],
    "a picture that is an archive as well": png() + plain_zip(),
    "a JPEG that is an archive as well": JPEG + plain_zip(),
    "a JPEG with a page in it": JPEG[:20] + b"<script>alert(1)</script>" + JPEG[20:],
    "a JPEG cut off": JPEG[:-2],
    "a picture cut off": png()[:-4],
    "a HEIC with something behind it": HEIC + b"tail",
    "a WebP with something behind it": WEBP + b"tail",
    "a Word file with macros": with_part(docx(), "word/vbaProject.bin", b"macro"),
    "a Word file with a program": with_part(docx(), "word/embeddings/setup.exe", b"MZ"),
    "a Word file that unpacks beyond measure": with_part(docx(), "word/media/big.png", b"\x00" * (101 * 1024 * 1024)),
    "a Word file with a way out of its folder": with_part(docx(), "../../evil.png", b"x"),
    "a Word file with something before it": b"MZ" + docx(),
    "a Word file with something behind it": docx() + b"<script>",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_it_refuses(name):
    before = files()
    with pytest.raises(UploadRefused) as refusal:
        keep_upload(content=BAD[name], name="材料.pdf", on=world.ON)
    assert " / " in str(refusal.value)
    assert files() == before and not Upload.objects.exists()


def test_a_zip_that_lies_about_its_sizes_is_not_believed():
    honest = with_part(docx(), "word/media/big.png", b"\x00" * (101 * 1024 * 1024))
    real, lie = struct.pack("<I", 101 * 1024 * 1024), struct.pack("<I", 10)
    assert honest.count(real) == 2
    with pytest.raises(UploadRefused):
        keep_upload(content=honest.replace(real, lie), name="a.docx", on=world.ON)


def test_a_photograph_with_the_short_film_that_phones_hang_behind_it_is_taken():
    film = struct.pack(">I", 24) + b"ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 400
    assert keep_upload(content=JPEG + film, name="IMG.jpg", on=world.ON).content_type == "image/jpeg"


def test_a_scanned_page_that_happens_to_hold_the_letters_of_a_script_is_taken():
    page = b"3 0 obj<</Length 12/Filter/DCTDecode>>stream\n\x01\x02/JS \x03\x04\nendstream endobj\ntrailer"
    assert keep_upload(content=PDF.replace(b"trailer", page), name="a.pdf", on=world.ON).size > len(PDF)


def test_fifteen_megabytes_are_taken_and_one_byte_more_is_not():
    line = b"%" + b"x" * (uploads.MOST_BYTES - len(PDF) - 2) + b"\n"
    full = PDF.replace(b"trailer", line + b"trailer")
    assert len(full) == 15 * 1024 * 1024
    assert keep_upload(content=full, name="a.pdf", on=world.ON).size == len(full)
    with pytest.raises(UploadRefused, match="15 MB"):
        keep_upload(content=full.replace(b"%x", b"%xx", 1), name="a.pdf", on=world.ON)


def test_the_same_file_twice_is_one():
    first = keep_upload(content=PDF, name="一.pdf", on=world.ON)
    again = keep_upload(content=PDF, name="二.pdf", on=world.ON)
    assert first == again and Upload.objects.count() == 1
    assert [path.name for path in files()].count(first.sha256) == 1


def test_a_file_that_went_missing_from_the_disk_is_written_again():
    row = keep_upload(content=PDF, name="一.pdf", on=world.ON)
    download_of(row).path.unlink()
    with pytest.raises(FileNotFoundError):
        download_of(row)
    keep_upload(content=PDF, name="一.pdf", on=world.ON)
    assert download_of(row).path.read_bytes() == PDF


@pytest.mark.parametrize("at", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_neither_row_nor_file(monkeypatch, at):
    content = png(3) if at == "write" else png(4) if at == "fsync" else png(5)
    before = files()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    if at == "write":
        monkeypatch.setattr(os, "fdopen", full)
    else:
        monkeypatch.setattr(os, at, full)
    with pytest.raises(OSError, match="No space"):
        keep_upload(content=content, name="a.png", on=world.ON)
    assert not Upload.objects.exists() and files() == before


def test_without_a_scanner_it_is_said_and_with_one_it_decides(settings, tmp_path):
    assert keep_upload(content=png(6), name="a.png", on=world.ON).scanned == "unscanned"
    scanner = tmp_path / "scan"
    scanner.write_text('#!/bin/sh\ngrep -q CLEAN "$1"\n')
    scanner.chmod(0o755)
    settings.MINZHENG_SCAN_COMMAND = str(scanner)
    assert (
        keep_upload(content=PDF.replace(b"1.4\n", b"1.4\n%CLEAN\n"), name="a", on=world.ON).scanned == "clean"
    )
    with pytest.raises(UploadRefused, match="安全扫描"):
        keep_upload(content=png(7), name="a.png", on=world.ON)
    settings.MINZHENG_SCAN_COMMAND = str(tmp_path / "absent")
    with pytest.raises(UploadRefused, match="暂不可用"):
        keep_upload(content=png(8), name="a.png", on=world.ON)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd.png"), ("a\r\nSet-Cookie: x.png", "aSet-Cookie x.png"), ("", "文件.png"),
     ("收入\u202egnp.exe", "收入gnp.png"), ('a"b;c.png', "abc.png"), ("C:\\x\\证明.JPG", "证明.png")],
)  # fmt: skip
def test_a_name_is_nothing_but_a_name(given, kept):
    assert uploads.safe_name(given, "image/png") == kept


def test_what_a_killed_upload_left_aside_is_cleared_and_nothing_else(tmp_path):
    row = keep_upload(content=PDF, name="a.pdf", on=date(2022, 9, 26))
    aside = download_of(row).path.parent / ".part-left"
    aside.write_bytes(b"half")
    os.utime(aside, (0, 0))
    assert uploads.clear_parts(older_than=1000.0) == 1
    assert not aside.exists() and download_of(row).path.exists()


def test_nobody_uploads_nothing(db):
    with pytest.raises(NotPermitted):
        keep_upload(content=PDF, name="a.pdf", on=world.ON)
