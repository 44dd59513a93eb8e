"""Turns a file as an office sent it into numbered lines of cells, whatever its form; knows nothing of what they mean."""

from minzheng.kernel.sources.reading.files import read_file
from minzheng.kernel.sources.reading.lines import Line, Note, RawFile, Sheet, Unreadable

__all__ = ["Line", "Note", "RawFile", "Sheet", "Unreadable", "read_file"]
