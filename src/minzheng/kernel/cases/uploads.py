"""Files handed in (上传材料): taken by what they are, not by what they are called; kept under their SHA-256, never opened.

What a browser or an office program could run is refused: pages, scripts, archives, and files that are two things at
once. A file is written aside and renamed when it is whole, so that a kill in the middle leaves nothing half kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import shlex
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import puremagic
from django.conf import settings
from django.db import transaction

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.audit import record
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.cases.moving import who_acts
from minzheng.kernel.storage.paths import files_home

MOST_BYTES = 15 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
"""An office file that unpacks to more is a trap for whoever opens it."""
MOST_PARTS = 2000
SCAN_SECONDS = 60
UNSCANNED, CLEAN = "unscanned", "clean"

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/heic": ".heic",
    "image/webp": ".webp",
    _DOCX: ".docx",
    _XLSX: ".xlsx",
}
_SAY = (
    "请上传 PDF、JPEG、PNG、HEIC、WebP、DOCX 或 XLSX / upload a PDF, JPEG, PNG, HEIC, WebP, DOCX or XLSX file"
)


class UploadRefused(CaseError):
    """A file that is not kept, and why."""


@dataclass(frozen=True, slots=True)
class Download:
    """How a file is given back: as a download, never shown or run by a browser."""

    path: Path
    name: str
    content_type: str = "application/octet-stream"


def keep_upload(*, content: bytes, name: str, on: date) -> Upload:
    """Keeps one file (收存上传文件); the same file twice is one.

    The file is whole on disk before its row is written: a full disk or a kill leaves no row without its file.

    Raises:
        UploadRefused: it is empty, too large, not of the listed types, or the scanner refused it.
        NotPermitted: nobody acts.
        OSError: the disk is full or cannot be written.
    """
    if who_acts().kind not in ("official", "service", "resident"):
        raise NotPermitted("未以任何身份办理 / nobody acts")
    kind = type_of(content)
    digest = hashlib.sha256(content).hexdigest()
    safe = safe_name(name, kind)
    known = Upload.objects.filter(pk=digest).first()
    path = path_of(digest)
    scanned = known.scanned if known is not None else scan(content)
    if not path.exists():
        _write(path, content)
    if known is not None:
        return known
    with transaction.atomic():
        row, _ = Upload.objects.get_or_create(
            sha256=digest,
            defaults={"name": safe, "content_type": kind, "size": len(content), "scanned": scanned},
        )
        record(
            "cases.upload",
            subject=f"upload:{digest[:16]}",
            detail={"type": kind, "size": len(content), "scanned": row.scanned, "on": on.isoformat()},
        )
    return row


def type_of(content: bytes) -> str:
    """The type of a file by its content, if it is one that is taken.

    Raises:
        UploadRefused.
    """
    if not content:
        raise UploadRefused("文件是空的，请重新选择 / the file is empty; choose it again")
    if len(content) > MOST_BYTES:
        raise UploadRefused(
            f"文件为 {len(content) / 1024 / 1024:.1f} MB，最大 {MOST_BYTES // 1024 // 1024} MB；请压缩图片后再传 / "
            f"the file is larger than {MOST_BYTES // 1024 // 1024} MB"
        )
    kind = _kind(content)
    if kind is None:
        raise UploadRefused(f"不接受这种文件（{_guess(content)}）。{_SAY}")
    if kind == "application/pdf":
        _plain_pdf(content)
    elif kind in (_DOCX, _XLSX):
        _plain_office_file(content)
    else:
        _plain_image(content, kind)
    return kind


def _kind(content: bytes) -> str | None:
    """The kind by the file's own first bytes; an office file by its parts."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in (
        b"heic",
        b"heix",
        b"mif1",
        b"msf1",
        b"hevc",
        b"heim",
        b"heis",
    ):
        return "image/heic"
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return None


def _guess(content: bytes) -> str:
    """What a refused file seems to be, for the message."""
    try:
        found = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return "无法识别"
    return found[0].name or found[0].extension or "无法识别" if found else "无法识别"


def _office_kind(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return _DOCX
    return _XLSX if "xl/workbook.xml" in names else None


def _plain_pdf(content: bytes) -> None:
    """A PDF that runs scripts or starts programs is refused, and one that is something else as well."""
    for part in _pdf_objects(content):
        active = re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)(?![A-Za-z0-9])", part)
        if active:
            raise UploadRefused(
                f"PDF 含有脚本、程序或附件（{active[1].decode()}），请另存为普通 PDF 后再传 / the PDF holds active content"
            )
    if not content.rstrip(b"\r\n \t\x00").endswith(b"%%EOF"):
        raise UploadRefused(
            "PDF 不完整，或后面附有其他内容 / the PDF is cut off, or something is hung onto it"
        )
    _nothing_hidden(content)


def _pdf_objects(content: bytes) -> Iterator[bytes]:
    """The parts of a PDF in which its objects are described; pictures and fonts, where any bytes may stand, are left out."""
    at = 0
    while (begin := re.compile(rb"stream\r?\n").search(content, at)) is not None:
        head = content[at : begin.start()]
        yield head
        end = content.find(b"endstream", begin.end())
        end = len(content) if end < 0 else end
        if b"/ObjStm" in head[-600:]:
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj().decompress(content[begin.end() : end], MOST_BYTES)
        at = end + len(b"endstream")
    yield content[at:]


def _plain_image(content: bytes, kind: str) -> None:
    """A picture ends where it ends; phones hang short films behind a JPEG, which are looked at for what else they are."""
    whole = True
    if kind == "image/jpeg":
        whole = b"\xff\xd9" in content
    elif kind == "image/png":
        whole = content.endswith(b"IEND\xaeB`\x82")
    elif kind == "image/webp":
        whole = int.from_bytes(content[4:8], "little") + 8 in (len(content), len(content) + 1)
    elif kind == "image/heic":
        whole = _boxes_fill(content)
    if not whole:
        raise UploadRefused(
            "图片不完整，或后面附有其他内容；请重新拍照或导出 / the picture is cut off, or something is hung onto it"
        )
    _nothing_hidden(content)


def _nothing_hidden(content: bytes) -> None:
    """Neither a page at the beginning or the end, nor an archive, whose directory stands at a file's end."""
    edges = (content[:4096], content[-65_600:])
    if any(
        re.search(rb"<\s*(html|script|svg|body|iframe|\?php|!doctype)", edge, re.IGNORECASE) for edge in edges
    ):
        raise UploadRefused(f"文件里含有网页或脚本，不能接收。{_SAY}")
    if b"PK\x05\x06" in edges[1]:
        raise UploadRefused("文件里藏有压缩包，不能接收 / an archive hides in the file")


def _boxes_fill(content: bytes) -> bool:
    """Whether the boxes of an ISO media file fill it to its last byte."""
    at = 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        elif size == 0:
            return True
        if size < 8:
            return False
        at += size
    return at == len(content)


def _plain_office_file(content: bytes) -> None:
    """No macros, no embedded programs, nothing that unpacks beyond measure, nothing before or behind it."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        inside = parts.infolist()
        comment = parts.comment
    # Offsets are reckoned from the first part; one that does not begin at byte 0 has something before it.
    if (
        min(part.header_offset for part in inside) != 0
        or comment
        or not content[-22:].startswith(b"PK\x05\x06")
    ):
        raise UploadRefused("文件前后附有其他内容，请另存后再传 / something is hung onto the file")
    unpacked = sum(part.file_size for part in inside)
    if len(inside) > MOST_PARTS or unpacked > MOST_UNPACKED or _is_bomb(content, inside):
        raise UploadRefused("文件解压后过大，不能接收 / the file unpacks beyond measure")
    for part in inside:
        name = part.filename.lower()
        if part.flag_bits & 1:
            raise UploadRefused("文件加有密码，请去除后再传 / the file is locked by a password; take it off")
        if (
            name.endswith((".bin", ".exe", ".dll", ".js", ".vbs", ".htm", ".html", ".svg", ".zip"))
            and "printersettings" not in name
        ):
            raise UploadRefused(
                f"文件里含有宏或程序（{part.filename}），请另存为普通文件后再传 / it holds macros or programs"
            )
        if ".." in part.filename or part.filename.startswith(("/", "\\")):
            raise UploadRefused("文件结构不正常，不能接收 / the file is built in a way that it should not be")


def _is_bomb(content: bytes, inside: list[zipfile.ZipInfo]) -> bool:
    """Whether a part unpacks to more than it says, which the sizes written in the file need not admit."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        left = MOST_UNPACKED
        for part in inside:
            try:
                with parts.open(part) as stream:
                    while piece := stream.read(1 << 20):
                        left -= len(piece)
                        if left < 0:
                            return True
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError):
                return True
    return False


def safe_name(name: str, kind: str) -> str:
    """A name that no system takes for a path or a command, with the ending of what the file is.

    >>> safe_name("../../etc/passwd", "application/pdf"), safe_name("合同.exe", "image/png")
    ('passwd.pdf', '合同.png')
    """
    last = re.split(r"[\\/]", name)[-1]
    stem = re.sub(r"\.[^.]*$", "", last) if "." in last else last
    # Letters and digits of any script, and what people put between words; marks that turn the direction are dropped.
    clean = "".join(sign if sign.isalnum() or sign in "-_() （）" else "" for sign in stem).strip()[:80]
    return (clean or "文件") + TYPES[kind]


def path_of(digest: str) -> Path:
    """Where a file lies; the folder is made on first use.

    Raises:
        ValueError: it is no SHA-256.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"不是 SHA-256：{digest[:80]!r} / not a SHA-256")
    folder = files_home() / "uploads" / digest[:2]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / digest


def _write(path: Path, content: bytes) -> None:
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o600)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def scan(content: bytes) -> str:
    """Has an outside scanner look at a file (病毒扫描): `clean`, or `unscanned` where the city has set none.

    The setting MINZHENG_SCAN_COMMAND names a command that gets the file's path as its last argument; any exit but 0
    refuses the file, and so does a scanner that cannot be run.
    """
    command = str(getattr(settings, "MINZHENG_SCAN_COMMAND", "") or "")
    if not command:
        return UNSCANNED
    with tempfile.NamedTemporaryFile(prefix="minzheng-scan-") as file:
        file.write(content)
        file.flush()
        try:
            done = subprocess.run(
                [*shlex.split(command), file.name], timeout=SCAN_SECONDS, capture_output=True, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise UploadRefused(
                "安全扫描暂不可用，请稍后再传 / the scanner cannot be reached; try again later"
            ) from fault
    if done.returncode != 0:
        raise UploadRefused("文件未通过安全扫描，不能接收 / the scanner refused the file")
    return CLEAN


def download_of(upload: Upload, *, name: str = "") -> Download:
    """How to give a file back: its path, a safe name, and a type that no browser opens by itself.

    Raises:
        FileNotFoundError: the file is gone from the disk.
    """
    path = path_of(upload.pk)
    if not path.is_file():
        raise FileNotFoundError(
            f"文件 {upload.pk[:16]} 已不在磁盘上，请联系系统管理员 / the file is gone from the disk"
        )
    return Download(path, safe_name(name or upload.name, upload.content_type))


def clear_parts(*, older_than: float) -> int:
    """Removes what killed uploads left aside; `older_than` is an instant in seconds since 1970. Returns how many."""
    count = 0
    for part in (files_home() / "uploads").glob("*/.part-*"):
        if part.stat().st_mtime < older_than:
            part.unlink(missing_ok=True)
            count += 1
    return count
