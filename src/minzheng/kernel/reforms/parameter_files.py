"""A reform as an entry of the parameter files: the new text of each file, held against what it must mean.

The old text stays as it is, letter by letter; one entry is added in its place by date. The new text is read back by the
same strict reader, and the law compiled from it must have the same graph as the reform: then both give the same findings
for every population there may be.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from minzheng.kernel.parameters import Entry, Parameter, ParameterError, ParameterSet, load_parameter
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme, compile_law
from minzheng.kernel.reforms.changes import Change, reformed_law, with_entry
from minzheng.kernel.reforms.errors import ReformRefused

_ENTRY = re.compile(r"^( *)- \{?from: (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class ProposedFile:
    """The whole new text of one parameter file, and the digest of the text it was written from."""

    programme: str
    key: str
    file: str
    base_sha256: str
    text: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)


def proposed_files(
    programmes: Iterable[Programme],
    changes: Sequence[Change],
    *,
    source: str,
    effective_on: date,
    checked: date,
) -> list[ProposedFile]:
    """The parameter files with the reform's values in force from a day.

    Raises:
        ReformRefused: a file already has a value from that day, or its layout takes no further entry.
    """
    by_code = {p.code: p for p in programmes}
    made = []
    for change in changes:
        parameter = by_code[change.programme].parameters.parameters[change.key]
        entry = Entry(effective_on, change.value, source, "public", checked)
        text = parameter.path.read_text(encoding="utf-8")
        made.append(
            ProposedFile(
                change.programme,
                change.key,
                f"{by_code[change.programme].package.replace('.', '/')}/parameters/{parameter.path.name}",
                digest(text),
                _with_line(text, parameter, entry),
            )
        )
    return made


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _with_line(text: str, parameter: Parameter, entry: Entry) -> str:
    if any(e.from_ == entry.from_ and not e.place for e in parameter.entries):
        raise ReformRefused(
            f"{parameter.name}在 {entry.from_} 已有取值，同一天不能有两个；请改施行日期，或先更正参数文件 / "
            f"{parameter.key} already has a value from {entry.from_}"
        )
    lines = text.rstrip("\n").split("\n")
    starts = [(at, found) for at, line in enumerate(lines) if (found := _ENTRY.match(line))]
    # Bands within an entry begin with `- {from: 65`, never with a day, so only entries are found.
    later = [at for at, found in starts if date.fromisoformat(found[2]) > entry.from_]
    indent = starts[0][1][1] if starts else "  "
    lines.insert(later[0] if later else len(lines), indent + _line(entry))
    made = "\n".join(lines) + "\n"
    if read_text(parameter, made).entries != with_entry(parameter, entry).entries:
        raise ReformRefused(
            f"{parameter.path.name} 的版式不能自动加入新值，请手工修改 / its layout takes no further entry by machine"
        )
    return made


def _line(entry: Entry) -> str:
    source = entry.source.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f'- {{from: {entry.from_}, value: {_yaml(entry.value)}, source: "{source}", '
        f"provenance: {entry.provenance}, checked: {entry.checked}}}"
    )


def _yaml(value: object) -> str:
    if isinstance(value, int):
        return f"{value:_}"
    assert isinstance(value, tuple)
    parts = [f"{{from: {x[0]}, value: {x[1]:_}}}" if isinstance(x, tuple) else f"{x:_}" for x in value]
    return f"[{', '.join(parts)}]"


def read_text(parameter: Parameter, text: str) -> Parameter:
    """A parameter as its file's text would be read.

    Raises:
        ReformRefused: the text is not a parameter file.
    """
    with tempfile.TemporaryDirectory(prefix="minzheng-parameter-") as folder:
        path = Path(folder) / parameter.path.name
        path.write_text(text, encoding="utf-8")
        try:
            return replace(load_parameter(path), path=parameter.path)
        except ParameterError as error:
            raise ReformRefused(f"参数文件有误：{error} / the parameter file is wrong") from error


def with_files(programmes: Iterable[Programme], files: Sequence[ProposedFile]) -> list[Programme]:
    """The programmes as they would be with the proposed files in place."""
    changed = []
    for programme in programmes:
        parameters = dict(programme.parameters.parameters)
        for file in files:
            if file.programme == programme.code:
                parameters[file.key] = read_text(parameters[file.key], file.text)
        changed.append(replace(programme, parameters=ParameterSet(programme.code, parameters)))
    return changed


def require_same_law(
    programmes: Sequence[Programme], files: Sequence[ProposedFile], changes: Sequence[Change], month: Month
) -> None:
    """That the files mean what the reform computed, in the first month they are paid by, and nothing in the month before.

    Raises:
        ReformRefused: a file was changed meanwhile, or means something else.
    """
    for file in files:
        programme = next(p for p in programmes if p.code == file.programme)
        path = programme.parameters.parameters[file.key].path
        if digest(path.read_text(encoding="utf-8")) != file.base_sha256:
            raise ReformRefused(
                f"{path.name} 在拟稿后已改动，请退回后重新拟稿 / {path.name} was changed since; write the proposal anew"
            )
    after = with_files(programmes, files)
    for when, wanted in (
        (month, reformed_law(programmes, changes, month)),
        (month - 1, compile_law([p for p in programmes if p.in_force(month - 1)], month - 1)),
    ):
        found = compile_law([p for p in after if p.in_force(when)], when)
        if found.graph.identity() != wanted.graph.identity():
            raise ReformRefused(
                f"参数文件在 {when} 的含义与试算不同，不能采用 / in {when} the files mean something else than the reform"
            )


def later_values(
    programmes: Iterable[Programme], changes: Sequence[Change], effective_on: date
) -> list[tuple[str, date]]:
    """Parameters for which the files already hold a value from a later day, which ends the new one: (name, day)."""
    by_code = {p.code: p for p in programmes}
    found = []
    for change in changes:
        parameter = by_code[change.programme].parameters.parameters[change.key]
        later = [e.from_ for e in parameter.entries if e.from_ > effective_on and not e.place]
        if later:
            found.append((parameter.name, min(later)))
    return found
