"""A whole year of the city at any scale, 1:1 too: built, lived month by month, counted, and its summary written.

Each stage is a command of the platform in a process of its own, over an installation in a folder that stays: 25 million residents,
twelve month ends of every cash programme, marriages, cases, the year's figures and the summary. It prints the share of every stage,
its time as a multiple of reading and writing the rows that it left behind (COPY out of the tables and into plain ones without keys),
its peak memory and the disk. A killed benchmark goes on where it was: a stage that is done is not done again, and the others
take themselves up.

    python benchmarks/year.py [--scale 1] [--seed 1] [--months 12] [--folder year-of-the-city] [--again]

At 1:1 it wants two cores, 24 GB of memory and 400 GB of disk. SIZE=25m in the environment is 1:1, SIZE=1m is 1:25, and so on.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from psycopg import Connection, sql

ROOT = Path(__file__).resolve().parents[1]
CITY = 25_000_000
YEAR = 2022
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stage:
    """One command and what it cost: seconds of the clock and of the processor, KiB of memory of its own processes at most."""

    name: str
    seconds: float
    peak_kib: int
    rows: dict[str, int]
    """Table → rows written into it."""
    was_taken_up: bool = False
    """Begun by a benchmark that was killed; its seconds are those of the last attempt alone."""


def stages(scale: int, seed: int, months: int, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Name and command of each stage, in order."""
    yield "database", ["db", "prepare"]
    yield "build", ["city", "build", "--scale", str(scale), "--seed", str(seed)]
    for month in range(1, months + 1):
        yield f"live {YEAR}-{month:02}", ["city", "live", str(YEAR), "--until", f"{YEAR}-{month:02}"]
    yield "figures", ["figures", "--year", str(YEAR), "--json"]
    yield "summary", ["summary", "--year", str(YEAR), "--format", "pdf", "--out", str(folder / "summary.pdf")]
    yield "ledger verified", ["ledger", "verify"]


def run(command: list[str], folder: Path) -> tuple[float, int]:
    """Runs one command of the platform; returns its seconds and the peak of its processes' memory in KiB.

    Raises:
        SystemExit: it failed; its last words are printed.
    """
    own = os.environ | {
        "MINZHENG_HOME": str(folder / "home"),
        "PYTHONPATH": str(ROOT / "src"),
        "MINZHENG_DEMO": "1",
    }
    log = folder / "log.txt"
    started = time.perf_counter()
    with log.open("a") as stream:
        child = subprocess.Popen(
            [sys.executable, "-m", "minzheng", *command], cwd=ROOT, env=own, stdout=stream, stderr=stream
        )
        _, code, usage = os.wait4(child.pid, 0)
    if code:
        sys.exit(
            f"{' '.join(command)} failed ({os.waitstatus_to_exitcode(code)}):\n{log.read_text()[-3000:]}"
        )
    return time.perf_counter() - started, usage.ru_maxrss


def connect(folder: Path) -> Connection:
    """A connection as administrator; COPY of whole tables is refused to all whom row-level security binds."""
    os.environ["MINZHENG_HOME"] = str(folder / "home")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.surfaces.settings")
    sys.path.insert(0, str(ROOT / "src"))
    import django

    django.setup()
    from django.db import connections

    from minzheng.kernel.storage import server

    return server.administrator().with_database(connections["default"].settings_dict["NAME"]).connect()


def written(native: Connection) -> dict[str, int]:
    """Rows inserted or changed in each table since the database was made."""
    native.execute("SELECT pg_stat_force_next_flush()")
    found = native.execute(
        "SELECT relname, n_tup_ins + n_tup_upd FROM pg_stat_user_tables ORDER BY relname"
    ).fetchall()
    return {name: int(rows) for name, rows in found}


def reading_and_writing(native: Connection, tables: list[str]) -> dict[str, tuple[int, float]]:
    """Of each table its rows, and the seconds to COPY them out and into a plain table without keys, which is dropped again."""
    found = {}
    for table in tables:
        name = sql.Identifier(table)
        native.execute("DROP TABLE IF EXISTS bench_plain")
        native.execute(sql.SQL("CREATE UNLOGGED TABLE bench_plain (LIKE {})").format(name))
        started = time.perf_counter()
        with native.cursor() as cursor, TemporaryFile(dir=os.environ["MINZHENG_HOME"]) as between:
            with cursor.copy(
                sql.SQL("COPY (SELECT * FROM {}) TO STDOUT (FORMAT binary)").format(name)
            ) as out:
                for block in out:
                    between.write(block)
            between.seek(0)
            with cursor.copy("COPY bench_plain FROM STDIN (FORMAT binary)") as into:
                while block := between.read(CHUNK):
                    into.write(block)
        seconds = time.perf_counter() - started
        counted: Any = native.execute("SELECT count(*) FROM bench_plain").fetchone()
        found[table] = (int(counted[0]), seconds)
    native.execute("DROP TABLE IF EXISTS bench_plain")
    return found


def live(folder: Path, scale: int, seed: int, months: int) -> list[Stage]:
    """Every stage that is not done yet; each is noted as it ends, so that a killed benchmark goes on."""
    notes = folder / "stages.jsonl"
    done = [Stage(**json.loads(line)) for line in notes.read_text().splitlines()] if notes.exists() else []
    known = {stage.name for stage in done}
    for name, command in stages(scale, seed, months, folder):
        if name in known:
            continue
        begun = folder / "begun"
        taken_up = begun.exists() and begun.read_text() == name
        begun.write_text(name)
        before = {} if name == "database" else _rows(folder)
        seconds, peak = run(command, folder)
        rows = {table: count - before.get(table, 0) for table, count in _rows(folder).items()}
        stage = Stage(name, seconds, peak, {table: count for table, count in rows.items() if count}, taken_up)
        with notes.open("a") as stream:
            stream.write(json.dumps(asdict(stage)) + "\n")
        done.append(stage)
        print(
            f"{name:>18}: {seconds:9.1f} s, {sum(stage.rows.values()):>12,} rows, {peak / 1024:7,.0f} MB",
            flush=True,
        )
    return done


def _rows(folder: Path) -> dict[str, int]:
    with connect(folder) as native:
        return written(native)


def tell(done: list[Stage], measure: dict[str, tuple[int, float]], folder: Path) -> None:
    """Shares and ratios; the seconds of one machine on one day stand beside them and mean little elsewhere."""
    each = {table: seconds / rows for table, (rows, seconds) in measure.items() if rows}
    total, whole = sum(stage.seconds for stage in done), 0.0
    print(f"\n{'stage':>18}  share  × reading and writing the same rows")
    for stage in done:
        same = sum(each.get(table, 0.0) * rows for table, rows in stage.rows.items())
        whole += same
        ratio = f"{stage.seconds / same:8.1f}" if same >= 0.01 else "       –"
        note = "  (taken up after a kill)" if stage.was_taken_up else ""
        print(f"{stage.name:>18}  {stage.seconds / total:5.1%}  {ratio}{note}")
    print(f"{'all':>18}  {1:5.0%}  {total / whole:8.1f}" if whole else "")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"rows written {sum(sum(s.rows.values()) for s in done):,}; {total:,.0f} s in all")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"peak memory of one process {max(max(s.peak_kib for s in done), own) / 1024:,.0f} MB; disk {size / 1e9:,.1f} GB"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=int, help="one resident for so many real ones")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument(
        "--folder", type=Path, help="kept between runs; beside the checkout's .venv where not given"
    )
    parser.add_argument("--again", action="store_true", help="forget what was done there before")
    asked = parser.parse_args()
    scale = asked.scale or _scale(os.environ.get("SIZE", ""))
    folder = (asked.folder or ROOT / ".venv" / f"year-{scale}-{asked.seed}").resolve()
    if asked.again and folder.exists():
        subprocess.run(
            [sys.executable, "-m", "minzheng", "db", "stop"], cwd=ROOT, check=False, capture_output=True,
            env=os.environ | {"MINZHENG_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    print(f"1:{scale}, seed {asked.seed}, {asked.months} months, in {folder}", flush=True)
    done = live(folder, scale, asked.seed, asked.months)
    with connect(folder) as native:
        native.autocommit = True
        measure = reading_and_writing(native, sorted({table for stage in done for table in stage.rows}))
    tell(done, measure, folder)
    return 0


def _scale(size: str) -> int:
    """What SIZE says: 25m is 1:1; without it 1:1000, so that all benchmarks together stay short."""
    if not size:
        return 1000
    sys.path.insert(0, str(ROOT / "src"))
    from minzheng.simulation.residents import parse_count

    return max(1, round(CITY / parse_count(size)))


if __name__ == "__main__":
    sys.exit(main())
