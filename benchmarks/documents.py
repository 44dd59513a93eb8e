"""How long letters take: a thousand different ones as PDF, held against the least that could be written.

The yardstick is one page of the same text without any layout, set by the same typst with the same fonts in the same run;
letters and yardstick alternate, so that a slow moment of the machine falls on both. Then the first letter of a process
against the later ones, Word against PDF, and several threads against one.

    python benchmarks/documents.py --letters 1000
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import typst

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.surfaces.settings")
os.environ.setdefault("MINZHENG_NO_DATABASE", "1")

# The settings are named first: the block asks them for the bureau's fonts.
from minzheng.kernel.documents import Amount, Condition, Letter, Objection, render_docx, render_pdf
from minzheng.kernel.documents.fonts import fonts_in

GOAL_FIRST_SECONDS = 1.0
RAW = '#set text(font: "Noto Serif SC", lang: "zh")\n#set document(title: "raw")\n#sys.inputs.text'


def letter(number: int) -> Letter:
    """A decision of usual length with another name, sum and number each time."""
    return Letter(
        office="示例区民政局",
        number=f"示民救〔2022〕{number}号",
        title="最低生活保障审核确认决定书",
        addressee=f"王建国{number}",
        date=date(2022, 7, 5),
        opening=(
            f"您于2022年6月6日申请本市城乡居民最低生活保障（第{number}件）。",
            "下面逐条写明事实和规定。",
        ),
        conditions=tuple(
            Condition(
                label=f"条件{n}",
                met=n != 3,
                value=f"{number}.00元",
                threshold="1,420.00元",
                article=f"第{n}条",
            )
            for n in range(1, 6)
        ),
        amounts=(Amount(label="每月合计", value=number, is_total=True),),
        closing=("保障金按月发到您的社会保障卡。家庭情况有变化的，请告诉社区事务受理服务中心。",),
        objections=(Objection(way="申请行政复议", where="示例区人民政府", within="60日内"),),
        code="7K3M-Q2WX-8PRT",
        check_at="任一社区事务受理服务中心",
        is_synthetic=True,
    )


def all_text_of(paper: Letter) -> str:
    """What the letter says, run together."""
    parts = [paper.office, paper.number, paper.title, paper.addressee, *paper.opening, *paper.closing]
    parts += [f"{one.label}{one.value}{one.threshold}{one.article}" for one in paper.conditions]
    parts += [f"{one.way}{one.where}{one.within}" for one in paper.objections]
    return "\n".join(parts)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--letters", type=int, default=1_000)
    ask.add_argument("--threads", type=int, default=4)
    options = ask.parse_args()
    papers = [letter(number) for number in range(1, options.letters + 1)]

    began = time.perf_counter()
    render_pdf(papers[0])
    first = time.perf_counter() - began

    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "raw.typ"
        source.write_text(RAW, encoding="utf-8")
        raw = typst.Compiler(str(source), root=folder, font_paths=fonts_in(None), ignore_system_fonts=True)
        raw.compile(format="pdf", sys_inputs={"text": all_text_of(papers[0])})
        set_letters, set_raw = [], []
        for paper in papers:
            began = time.perf_counter()
            render_pdf(paper)
            middle = time.perf_counter()
            raw.compile(format="pdf", sys_inputs={"text": all_text_of(paper)})
            set_letters.append(middle - began)
            set_raw.append(time.perf_counter() - middle)

    words = []
    for paper in papers[:100]:
        began = time.perf_counter()
        render_docx(paper)
        words.append(time.perf_counter() - began)

    began = time.perf_counter()
    with ThreadPoolExecutor(options.threads) as threads:
        list(threads.map(render_pdf, [replace(paper, contact="021-6000 0000") for paper in papers]))
    together = time.perf_counter() - began

    usual, plain = statistics.median(set_letters), statistics.median(set_raw)
    slowest = statistics.quantiles(set_letters, n=100)[98]
    print(f"{options.letters} letters: {usual * 1000:.1f} ms each (99 in 100 under {slowest * 1000:.1f} ms)")
    print(f"  to the same text without layout: {usual / plain:.1f} times ({plain * 1000:.1f} ms)")
    print(f"  first letter of a process to a later one: {first / usual:.0f} times ({first * 1000:.0f} ms)")
    print(f"  Word file to PDF: {statistics.median(words) / usual:.1f} times")
    print(f"  {options.threads} threads to one: {sum(set_letters) / together:.1f} times as many a second")
    print(
        "first under a second"
        if first < GOAL_FIRST_SECONDS
        else "FAILED: the first letter takes over a second"
    )


if __name__ == "__main__":
    main()
