"""Taking in a folder: stage every file, then check and apply them in the order of their dependence.

Each step of each file is one transaction, so a kill leaves every file staged or applied and never in between; the same
command again goes on from there. Files are known by their content: a second time, nothing changes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.audit import recording
from minzheng.kernel.periods import Month
from minzheng.kernel.sources import period as periods
from minzheng.kernel.sources.contract import contracts
from minzheng.kernel.sources.models import FeedFile
from minzheng.kernel.sources.processing import process
from minzheng.kernel.sources.reading.files import SUFFIXES
from minzheng.kernel.sources.registry import follow_intake
from minzheng.kernel.sources.review import retry_waiting
from minzheng.kernel.sources.staging import contract_of, stage
from minzheng.kernel.storage.bulk import refresh_statistics

POPULATION = "police_population"
_LARGEST_FILE = 2_000_000_000
_MANY_ROWS = 5_000  # Fewer do not change how a register is best searched.
_FILLED = (
    "people_person",
    "people_identifier",
    "people_household",
    "people_membership",
    "people_residence",
    "people_hukourecord",
    "people_fact",
    "sources_feedrow",
)


class FolderNotFound(FileNotFoundError):
    """The path names no folder and no file."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is, for whoever shows it."""

    file: str
    step: str  # "stage", "apply", "retry" or "done"
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file of the folder and what became of it."""

    name: str
    file_id: int | None
    contract: str
    state: str  # a FeedFile state, or "ignored"
    period: str
    is_new: bool
    counts: dict[str, Any] = field(default_factory=dict)
    notes: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_failed(self) -> bool:
        return self.state in ("unreadable", "unrecognised", "staged")


def load_folder(
    path: Path | str,
    *,
    period: Month | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> list[FileResult]:
    """Takes in every file of a folder, or one file (接收一批文件).

    Args:
        period: the month the files speak of, where they do not say it or say it wrongly.

    Raises:
        FolderNotFound: nothing is there.
    """
    folder = Path(path)
    if not folder.exists():
        raise FolderNotFound(f"没有这个文件夹或文件：{folder} / no such folder or file")
    paths = (
        [folder]
        if folder.is_file()
        else sorted(p for p in folder.iterdir() if p.is_file() and not _is_aside(p))
    )
    # What is no file, such as a folder within or a link to nowhere, is named too, so that nothing is missed unseen.
    ignored = [] if folder.is_file() else sorted(set(folder.iterdir()) - set(paths))
    unopened: list[FileResult] = []
    staged: list[tuple[FeedFile, bool]] = []
    for number, one in enumerate(paths, 1):
        progress(Progress(one.name, "stage", number, len(paths)))
        try:
            content = one.read_bytes()
        except OSError as fault:
            note = {"code": "not_opened", "found": fault.strerror or "", "level": "refused"}
            unopened.append(FileResult(one.name, None, "", "unreadable", "", True, notes=[note]))
            continue
        with acting_as_service("feeds"):
            before = FeedFile.objects.count()
            file = stage(content, one.name)
            staged.append((file, FeedFile.objects.count() > before))
    unique = {file.pk: file for file, _ in staged}
    waiting = [
        file for file in unique.values() if file.state in (FeedFile.State.STAGED, FeedFile.State.CHECKED)
    ]
    _place_in_time(waiting, list(unique.values()), period)
    order = list(contracts())
    waiting.sort(
        key=lambda file: (order.index(file.contract), file.period or Month(9999, 1).first_day, file.name)
    )
    for number, file in enumerate(waiting, 1):
        progress(Progress(file.name, "apply", number, len(waiting)))
        apply_file(file.pk)
    if waiting:
        progress(Progress("", "retry", 1, 1))
        with acting_as_service("feeds"):
            retry_waiting()
            follow_intake([file.pk for file in waiting])
    progress(Progress("", "done", 1, 1))
    with acting_as_service("feeds"):
        results = [_result(FeedFile.objects.get(pk=file.pk), is_new) for file, is_new in staged]
    return results + unopened + [FileResult(one.name, None, "", "ignored", "", False) for one in ignored]


def apply_file(file_id: int) -> None:
    """Checks and applies one staged file in a transaction of its own; an applied one is left alone."""
    with acting_as_service("feeds"):
        file = FeedFile.objects.select_for_update().get(pk=file_id)
        if file.state in (FeedFile.State.STAGED, FeedFile.State.CHECKED) and file.period:
            file.notes = [note for note in file.notes if note["code"] != "no_writer"]
            process(file)
            if file.counts.get("rows", 0) > _MANY_ROWS:
                refresh_statistics(*_FILLED)


def _is_aside(path: Path) -> bool:
    """Read-me files, lock files of an open Excel, and other things that lie about in a folder."""
    return (
        path.name.startswith((".", "~$"))
        or path.suffix.lower() not in SUFFIXES
        or path.stat().st_size > _LARGEST_FILE
    )


def _place_in_time(waiting: Sequence[FeedFile], all_files: Sequence[FeedFile], given: Month | None) -> None:
    """Sets each file's month and whose household numbers it uses; files that say nothing follow their folder."""
    found: dict[int, tuple[Month, str] | None] = {}
    for file in waiting:
        if file.period and file.period_source:
            continue
        with acting_as_service("feeds"), connection.cursor() as cursor:
            cursor.execute(
                "SELECT sheet, raw FROM sources_feedrow WHERE file_id = %s AND kind = 'data'", [file.pk]
            )
            raws = [(sheet, json.loads(raw)) for sheet, raw in cursor.fetchall()]
        found[file.pk] = (
            (given, "given") if given else periods.infer(contract_of(file), file.columns, raws, file.name)
        )
        if file.contract == POPULATION:
            file.register = _area(file, raws)
    strong = Counter(
        month for one in found.values() if one and one[1] in periods.STRONG for month in [one[0]]
    )
    strong.update(
        Month.of(file.period) for file in all_files if file.period and file.period_source in periods.STRONG
    )
    folder = max(strong, key=lambda month: (strong[month], month)) if strong else None
    registers = {file.register for file in all_files if file.contract == POPULATION and file.register}
    if not registers:
        known = FeedFile.objects.filter(contract=POPULATION, state=FeedFile.State.APPLIED).exclude(
            register=""
        )
        with acting_as_service("feeds"):
            registers = set(known.values_list("register", flat=True).distinct()[:2])
    for file in waiting:
        if file.pk not in found:
            continue
        own = found[file.pk]
        if own is None or (own[1] == "content" and folder):
            own = (folder, "folder") if folder else own
        if own is None:
            note = {"code": "period_unknown", "found": "", "level": "refused"}
            file.notes = [*(one for one in file.notes if one["code"] != "period_unknown"), note]
        else:
            file.period, file.period_source = own[0].first_day, own[1]
            file.notes = [one for one in file.notes if one["code"] != "period_unknown"]
        if not file.register and len(registers) == 1:
            file.register = next(iter(registers))
        with acting_as_service("feeds"):
            file.save()
            recording.record("sources.receive", subject=f"sources.file:{file.pk}", detail={"name": file.name})


def _area(file: FeedFile, raws: Sequence[tuple[str, list[Any]]]) -> str:
    """The smallest area that nearly all rows of a population file live in: its household numbers are that area's."""
    places = {column["sheet"]: column["columns"].get("residence_division") for column in file.columns}
    codes: Counter[str] = Counter()
    for sheet, cells in raws:
        place = places.get(sheet)
        if place and place[0] < len(cells):
            codes[str(cells[place[0]] or "").strip()[:9]] += 1
    total = sum(codes.values())
    for size in (9, 6):
        areas: Counter[str] = Counter()
        for code, count in codes.items():
            if code.startswith("31") and len(code) >= size:
                areas[code[:size]] += count
        if areas and areas.most_common(1)[0][1] >= total * 0.9:
            return areas.most_common(1)[0][0]
    return ""


def _result(file: FeedFile, is_new: bool) -> FileResult:
    month = str(Month.of(file.period)) if file.period else ""
    return FileResult(file.name, file.pk, file.contract, file.state, month, is_new, file.counts, file.notes)
