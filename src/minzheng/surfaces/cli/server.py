"""`minzheng server`: the web surface and the worker of durable jobs, as one command."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Annotated

import typer
from rich.console import Console

from minzheng.kernel.storage import server
from minzheng.kernel.storage.paths import state_home

app = typer.Typer(help="网页服务 The screens, and the worker that does queued work.", no_args_is_help=True)
console = Console()
GRACE_SECONDS = 15
THREADS = min(8, 2 * (os.cpu_count() or 1))


@app.command("run")
def run(
    host: Annotated[
        str, typer.Option(help="Address to listen on; put a TLS proxy in front of anything but loopback.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer requests.")] = 1,
    jobs: Annotated[bool, typer.Option(help="Run the worker of queued jobs beside it.")] = True,
) -> None:
    """启动服务 Serves until Ctrl-C. Exit code 1: the port is taken, or tables wait for `minzheng db migrate`.

    The processes that serve know the web role's address only: neither the database's owner nor its administrator.
    """
    from minzheng.kernel.storage.schema import pending_migrations

    if pending_migrations():
        raise _refuse(
            "数据表需要升级：请先运行 minzheng db migrate。The tables are out of date: run `minzheng db migrate` first."
        )
    if not _is_free(host, port):
        raise _refuse(f"端口 {host}:{port} 已被占用。The port is taken: choose another with --port.")
    raise typer.Exit(serve(host=host, port=port, workers=workers, jobs=jobs))


def serve(*, host: str, port: int, workers: int = 1, jobs: bool = True) -> int:
    """Runs the server and the worker as children until one ends or a signal comes; returns the exit code."""
    environment = server.served_environment(server.ready(), os.environ)
    environment.setdefault("MINZHENG_POOL", str(THREADS))
    (state_home() / "static").mkdir(exist_ok=True)  # Where an installation may add files of its own.
    commands = [_granian(host, port, workers)]
    if jobs:
        commands.append([sys.executable, "-m", "minzheng", "jobs", "work"])
    children = [
        subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=_end_with_parent)
        for command in commands
    ]
    asked_to_stop: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: asked_to_stop.append(received))
    try:
        while not asked_to_stop and all(child.poll() is None for child in children):
            time.sleep(0.2)
    finally:
        ended = [child.poll() for child in children]
        _stop(children)
    # A stop that was asked for is no failure; a child that ended by itself is.
    return 0 if asked_to_stop else next((code or 1 for code in ended if code is not None), 1)


def _end_with_parent() -> None:
    """Asks the kernel to end this child when its parent is killed, so that no orphan keeps the port. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _granian(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning",
        "minzheng.surfaces.web.wsgi:application",
    ]  # fmt: skip


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _refuse(message: str) -> typer.Exit:
    Console(stderr=True).print(message, style="red", markup=False)
    return typer.Exit(1)
