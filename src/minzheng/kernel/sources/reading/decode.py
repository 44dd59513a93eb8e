"""Bytes to text: UTF-8, GB18030, UTF-16, with or without a mark, and what to do where a line is in another one."""

from __future__ import annotations

import codecs

from minzheng.kernel.sources.reading.lines import Note

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: bytes) -> tuple[str, str, list[Note]]:
    """The text, the encoding's name, and what had to be done."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _with(content[len(mark) :], encoding)
    wide = _wide_without_mark(content)
    if wide:
        return _with(content, wide)
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding), encoding, []
        except UnicodeDecodeError as fault:
            # A file cut off inside a character is otherwise whole.
            if len(content) - fault.start < 4 and fault.reason != "invalid start byte":
                text = content[: fault.start].decode(encoding)
                return text, encoding, [Note("cut_inside_character", level="warning")]
            # Nearly any bytes are GB18030 by accident, so lines that are UTF-8 speak first.
            if encoding == "utf-8" and _is_mostly_utf8(content):
                break
    return _line_by_line(content)


def _is_mostly_utf8(content: bytes) -> bool:
    lines = [line for line in content.split(b"\n") if not line.isascii()]
    sound = 0
    for line in lines:
        try:
            line.decode("utf-8")
            sound += 1
        except UnicodeDecodeError:
            continue
    return sound * 2 > len(lines)


def _with(content: bytes, encoding: str) -> tuple[str, str, list[Note]]:
    try:
        return content.decode(encoding), encoding, []
    except UnicodeDecodeError:
        if encoding == "utf-8":
            return _line_by_line(content)
        text = content.decode(encoding, errors="replace")
        return text, encoding, [Note("bad_bytes", str(text.count("�")), "warning")]


def _wide_without_mark(content: bytes) -> str | None:
    """UTF-16 without a mark shows by its NUL bytes: the separators and digits are all on one side."""
    head = content[:4000]
    if len(head) < 4 or b"\0" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    # A few Chinese characters (一, U+4E00) have a NUL on the other side.
    if odd > len(head) // 20 and odd > even * 5:
        return "utf-16-le"
    if even > len(head) // 20 and even > odd * 5:
        return "utf-16-be"
    return None


def _line_by_line(content: bytes) -> tuple[str, str, list[Note]]:
    """Files pasted together from two systems change their encoding between lines."""
    counts = {"utf-8": 0, "gb18030": 0}
    broken = 0
    out: list[str] = []
    for line in content.split(b"\n"):
        for encoding in counts:
            try:
                out.append(line.decode(encoding))
            except UnicodeDecodeError:
                continue
            if not line.isascii():
                counts[encoding] += 1
            break
        else:
            broken += 1
            out.append(
                line.decode("utf-8" if counts["utf-8"] >= counts["gb18030"] else "gb18030", errors="replace")
            )
    notes = []
    if all(counts.values()):
        notes.append(
            Note("mixed_encodings", f"UTF-8 {counts['utf-8']}, GB18030 {counts['gb18030']}", "warning")
        )
    if broken:
        notes.append(Note("bad_bytes", str(broken), "warning"))
    return "\n".join(out), max(counts, key=lambda name: counts[name]), notes
