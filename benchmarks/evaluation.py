"""The law over a whole population: each engine against a hand-written Polars plan of the same rules, and OpenFisca.

Every way reads the same population from Parquet and writes the same findings, in a process of its own that tells its time
and its peak memory; the totals must be equal to the fen, or the comparison ends. Runs alternate, so that a slow moment of
the machine falls on all; what counts is the ratio of the medians to the better of the hand-written plan's two modes, in
time and in the processor's time, which other work on the machine disturbs less.

    python benchmarks/evaluation.py --size 25m [--runs 3] [--without-peers]

The size may also come from SIZE, as `make bench SIZE=25m` gives it. OpenFisca is installed once into an environment of its
own in the benchmarks' cache folder; where that cannot be done, a line says so and the rest goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
GOAL, GOAL_MB = 1.0, 1_000
MONTHS = ("2021-12", "2022-05", "2022-07")
ENGINES = ("kernel", "polars")
Told = dict[str, Any]


def cache() -> Path:
    """Where populations and the peer's environment are kept between runs."""
    base = os.environ.get("MINZHENG_BENCH_CACHE") or Path.home() / ".cache" / "minzheng-bench"
    folder = Path(base)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def told(command: list[object]) -> Told:
    """Runs one way in a process of its own and returns what it tells of itself."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent / "src")}
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, env=environment, check=False, text=True
    )
    if done.returncode:
        raise SystemExit(f"failed ({done.returncode}): {' '.join(map(str, command))}")
    answer: Told = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def population(size: str) -> Path:
    """The synthetic residents, written once for a size; another process holds them in memory, part by part."""
    folder = cache() / f"residents-{size.lower()}"
    if not (folder / "snapshot.json").exists():
        unfinished = folder.with_name(folder.name + ".partial")
        shutil.rmtree(unfinished, ignore_errors=True)
        print(f"writing {size} residents (once)", flush=True)
        cost = told([sys.executable, PEERS / "residents.py", unfinished, size])
        print(f"  {cost['seconds']:.0f} s, peak {cost['peak_mb']} MB", flush=True)
        unfinished.rename(folder)
    record = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    print(
        f"residents {record['persons']:,}  households {record['households']:,}  parts {record['parts']}",
        flush=True,
    )
    return folder


def openfisca() -> str:
    """A Python with OpenFisca in it, or nothing where it cannot be installed."""
    folder, wanted = cache() / "openfisca", PEERS / "openfisca" / "requirements.txt"
    python = folder / "bin" / "python"
    try:
        if not (folder / "ready").exists():
            print("installing OpenFisca apart (once)", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            if uv := shutil.which("uv"):
                steps = [[uv, "venv", "--quiet", "--no-project", "--python", sys.executable, folder],
                         [uv, "pip", "install", "--quiet", "--python", python, "-r", wanted]]  # fmt: skip
            else:
                steps = [[sys.executable, "-m", "venv", folder],
                         [python, "-m", "pip", "install", "--quiet", "-r", wanted]]  # fmt: skip
            for step in steps:
                subprocess.run(list(map(str, step)), check=True, stdin=subprocess.DEVNULL)
            (folder / "ready").touch()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"OpenFisca cannot be installed here and is left out: {error}", flush=True)
        return ""
    return str(python)


def ways(people: Path, scratch: Path, *, with_peers: bool) -> dict[str, list[object]]:
    """The command of each way by its name."""
    ours, hand = [sys.executable, PEERS / "rules.py"], [sys.executable, PEERS / "hand_written.py"]
    made: dict[str, list[object]] = {
        engine: [*ours, people, scratch / f"{engine}.parquet", "--engine", engine] for engine in ENGINES
    }
    made["hand-written, streaming"] = [*hand, people, scratch / "streaming.parquet", "--streaming"]
    made["hand-written, in memory"] = [*hand, people, scratch / "in-memory.parquet"]
    if with_peers and (python := openfisca()):
        run = [python, PEERS / "openfisca" / "run.py", people]
        made["OpenFisca, by parts"] = [*run, scratch / "by-parts.parquet"]
        made["OpenFisca, whole"] = [*run, scratch / "whole.parquet", "--whole"]
    return made


def engines_agree(people: Path, scratch: Path) -> None:
    """The same bytes by every engine, under the law of several months."""
    for month in MONTHS:
        prints = set()
        for engine in ENGINES:
            command = [
                sys.executable,
                PEERS / "rules.py",
                people,
                scratch / "month.parquet",
                "--engine",
                engine,
            ]
            prints.add(told([*command, "--month", month])["sha256"])
        if len(prints) != 1:
            raise SystemExit(f"{month}: the engines' findings differ")
        print(f"{month}: the same bytes by {', '.join(ENGINES)}  {prints.pop()[:16]}", flush=True)


def measure(commands: dict[str, list[object]], runs: int) -> dict[str, list[Told]]:
    """Every way in turn, as often as asked; the first that says other totals ends it."""
    found: dict[str, list[Told]] = {name: [] for name in commands}
    first: Told | None = None
    for _ in range(runs):
        for name, command in commands.items():
            answer = told(command)
            first = first or answer
            if answer["totals"] != first["totals"]:
                raise SystemExit(f"{name} finds other totals: the comparison would be worth nothing")
            found[name].append(answer)
    assert first is not None
    print("totals equal to the fen:", flush=True)
    for benefit, (sure, may, fen) in first["totals"].items():
        print(f"  {benefit:24} {sure:>11,} eligible {may:>11,} may qualify {fen / 100:>20,.2f} yuan a month")
    return found


def table(found: dict[str, list[Told]]) -> bool:
    """Prints what each way costs against the better hand-written plan; says whether an engine reaches the goal."""
    seconds, cpu = ({n: statistics.median(a[key] for a in answers) for n, answers in found.items()} for key in ("seconds", "cpu"))  # fmt: skip
    rivals = [n for n in found if n.startswith("hand-written")]
    best_time, best_cpu = min(seconds[n] for n in rivals), min(cpu[n] for n in rivals)
    print(f"{'way':26}{'time':>10}{'ratio':>8}{'processor':>12}{'ratio':>8}{'peak MB':>10}")
    reached = False
    for name, answers in found.items():
        peak = max(a["peak_mb"] for a in answers)
        ratio, ratio_cpu = seconds[name] / best_time, cpu[name] / best_cpu
        print(f"{name:26}{seconds[name]:>9.1f}s{ratio:>8.2f}{cpu[name]:>11.1f}s{ratio_cpu:>8.2f}{peak:>10,}")
        reached = reached or (name in ENGINES and ratio <= GOAL and peak < GOAL_MB)
    return reached


def main() -> int:
    """Writes the population, holds the engines together, measures, prints the table; 1 where the goal is missed."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--size", default=os.environ.get("SIZE") or "1m", help="1m, 5m, 25m, …")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--without-peers", action="store_true", help="leave OpenFisca out")
    chosen = options.parse_args()
    people = population(chosen.size)
    with tempfile.TemporaryDirectory(dir=cache()) as folder:
        scratch = Path(folder)
        engines_agree(people, scratch)
        found = measure(ways(people, scratch, with_peers=not chosen.without_peers), chosen.runs)
    reached = table(found)
    print(f"goal: an engine at most {GOAL:.2f} of the hand-written plan's time, under {GOAL_MB:,} MB: "
          f"{'reached' if reached else 'missed'}")  # fmt: skip
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
