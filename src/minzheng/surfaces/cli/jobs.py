"""`minzheng jobs`: the worker that runs long jobs, and what waits for it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from asgiref.sync import sync_to_async
from django.db import connections
from procrastinate.contrib.django import app as queue
from procrastinate.exceptions import ConnectorException
from rich.console import Console
from rich.table import Table

app = typer.Typer(
    help="后台作业 Long jobs kept in the database: month runs, feeds, files. They survive a kill and are taken up again.",
    no_args_is_help=True,
)
console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@app.command()
def work(
    once: Annotated[
        bool, typer.Option("--once", help="Work through what waits now and end, instead of waiting for more.")
    ] = False,
    queues: Annotated[
        list[str] | None,
        typer.Option("--queue", help="Only jobs of this queue; may be given more than once."),
    ] = None,
    stalled_after: Annotated[
        int,
        typer.Option(
            help="Seconds without a sign of life after which a killed worker's job is taken up again."
        ),
    ] = 60,
) -> None:
    """运行后台作业 Works on jobs, one at a time, until stopped with Ctrl-C.

    A job whose worker was killed is put back into its queue first. Every job may be begun twice without harm.

    Exit codes: 0 ended as asked; 1 the database cannot be reached.
    """
    try:
        asyncio.run(_work(wait=not once, queues=queues, stalled_after=stalled_after))
    except ConnectorException as error:
        Console(stderr=True).print(
            f"无法连接数据库：{error} / the database cannot be reached", style="red", markup=False
        )
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        console.print("已停止 stopped")


async def _work(*, wait: bool, queues: list[str] | None, stalled_after: int) -> None:
    worker = queue.with_connector(queue.connector.get_worker_connector())  # type: ignore[attr-defined]
    # The thread that Django's part of the worker runs in keeps no connection of what ran there before.
    await sync_to_async(connections.close_all)()
    async with worker.open_async():
        for job in await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after):
            console.print(f"重新排队 taken up again: {job.task_name} {job.task_kwargs}", highlight=False)
            # A moment ago: its time is compared with the database's clock, which may be behind ours.
            await worker.job_manager.retry_job(job, retry_at=datetime.now(UTC) - timedelta(minutes=1))
        # No list means every queue; an empty one would mean none.
        chosen: dict[str, Any] = {"queues": queues} if queues else {}
        await worker.run_worker_async(
            **chosen, wait=wait, concurrency=1, install_signal_handlers=True, delete_jobs="never"
        )


@app.command("list")
def list_jobs(as_json: Json = False) -> None:
    """作业清单 Lists jobs that wait, are at work or failed.

    Exit codes: 0 nothing failed; 1 a job failed.
    """
    jobs: list[dict[str, Any]] = [
        {
            "id": job.id,
            "task": job.task_name,
            "arguments": job.task_kwargs,
            "state": job.status,
            "attempts": job.attempts,
        }
        for job in queue.job_manager.list_jobs()
        if job.status in ("todo", "doing", "failed", "aborting")
    ]
    if as_json:
        typer.echo(json.dumps(jobs, ensure_ascii=False, indent=2))
    elif not jobs:
        console.print("没有等待的作业。No jobs are waiting.")
    else:
        table = Table("id", "作业 task", "参数 arguments", "状态 state", "次数 attempts")
        for job in jobs:
            table.add_row(
                str(job["id"]),
                job["task"],
                json.dumps(job["arguments"], ensure_ascii=False),
                job["state"],
                str(job["attempts"]),
            )
        console.print(table)
    if any(job["state"] == "failed" for job in jobs):
        raise typer.Exit(1)
