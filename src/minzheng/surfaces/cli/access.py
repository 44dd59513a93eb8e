"""`minzheng access`: officials, their posts, and the demonstration's accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

import typer
from django.core.exceptions import ValidationError
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import acting_as_service, permission_names, role_name, roles

app = typer.Typer(
    help="工作人员、岗位与权限 Officials, posts, permissions. An official signs in with an account, and acts in a post: "
    "a role at a place for a time.",
    no_args_is_help=True,
)
official_app = typer.Typer(help="工作人员账户 Accounts of officials.", no_args_is_help=True)
post_app = typer.Typer(help="岗位 Posts: role, place, programmes, dates.", no_args_is_help=True)
app.add_typer(official_app, name="official")
app.add_typer(post_app, name="post")
console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def _say_no(message: str) -> typer.Exit:
    Console(stderr=True).print(message, style="red", markup=False)
    return typer.Exit(1)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turns a refusal into its sentence and exit code 1."""
    from minzheng.kernel.access.actions import AccessRefused

    try:
        yield
    except AccessRefused as error:
        raise _say_no(str(error)) from error
    except ValidationError as error:
        raise _say_no(" ".join(error.messages)) from error


def _official(username: str):  # type: ignore[no-untyped-def]
    from minzheng.kernel.access.models import Official

    found = Official.objects.filter(user__username=username).first()
    if found is None:
        raise _say_no(f"没有用户名为“{username}”的工作人员。No official has this username.")
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"{text}: give the day as 2022-07-01") from error


@official_app.command("add")
def official_add(
    username: Annotated[str, typer.Argument(help="3 to 60 of a-z, 0-9, _ . - ; begins with a letter.")],
    name: Annotated[str, typer.Option(help="姓名 as shown to colleagues and in the trace.")],
    title: Annotated[str, typer.Option(help="职务")] = "",
    password: Annotated[
        str,
        typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="Asked when not given."),
    ] = "",
) -> None:
    """新增工作人员 Opens an account. It can do nothing until a post is granted: `minzheng access post grant`."""
    from minzheng.kernel.access.actions import create_official

    with _refusals(), acting_as_service("minzheng access"):
        official = create_official(username=username, password=password, name=name, title=title)
    console.print(f"已新增 {official.name}（{username}）。", markup=False)


@official_app.command("list")
def official_list(as_json: Json = False) -> None:
    """列出工作人员及其岗位 Lists officials with their posts."""
    from minzheng.kernel.access.queries import officials

    rows: list[dict[str, Any]] = [
        {
            "username": official.user.username,
            "name": official.name,
            "title": official.title,
            "active": official.user.is_active,
            "posts": [
                {
                    "id": post.pk,
                    "role": post.role,
                    "division_code": post.division_code,
                    "domains": post.domains,
                    "start": post.during.lower.isoformat(),
                    "end": post.during.upper.isoformat() if post.during.upper else None,
                }
                for post in official.posts.all()
            ],
        }
        for official in officials()
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("用户名", "姓名", "职务", "岗位")
    for row in rows:
        posts = "\n".join(
            f"#{p['id']} {role_name(p['role'])} {p['division_code']} {'、'.join(p['domains'])} {p['start']} – {p['end'] or ''}"
            for p in row["posts"]
        )
        table.add_row(row["username"], row["name"], row["title"], posts)
    console.print(table)


@official_app.command("password")
def official_password(
    username: str,
    password: Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)] = "",
) -> None:
    """重置密码 Sets an official's password anew."""
    from minzheng.kernel.access.actions import set_password

    with _refusals(), acting_as_service("minzheng access"):
        set_password(official=_official(username), password=password)
    console.print("密码已重置。")


@post_app.command("grant")
def post_grant(
    username: str,
    role: Annotated[str, typer.Argument(help="A role's code; `minzheng access roles` lists them.")],
    division: Annotated[
        str, typer.Argument(help="6, 9 or 12 digits: the city, a district, a street, a committee.")
    ],
    domain: Annotated[
        list[str] | None, typer.Option(help="A programme the post covers; repeat. Default: all.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="First day, 2022-07-01. Default: today.")] = None,
    end: Annotated[str | None, typer.Option(help="First day no longer held. Default: open.")] = None,
) -> None:
    """授予岗位 Grants a post. System, security and audit administrator must be three people."""
    from minzheng.kernel.access.actions import grant_post
    from minzheng.kernel.periods import today

    with _refusals(), acting_as_service("minzheng access"):
        post = grant_post(
            official=_official(username),
            role=role,
            division_code=division,
            domains=domain or ["*"],
            start=_day(start) or today(),
            end=_day(end),
        )
    console.print(f"已授予岗位 #{post.pk}：{role_name(role)} {division}。", markup=False)


@post_app.command("end")
def post_end(
    post: Annotated[int, typer.Argument(help="The post's number, as `official list` shows it.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the trace.")],
    on: Annotated[str | None, typer.Option(help="First day no longer held. Default: today.")] = None,
) -> None:
    """终止岗位 Ends a post; the trace keeps it."""
    from minzheng.kernel.access.actions import end_post
    from minzheng.kernel.access.models import Post
    from minzheng.kernel.periods import today

    found = Post.objects.filter(pk=post).first()
    if found is None:
        raise _say_no(f"没有岗位 #{post}。There is no such post.")
    with _refusals(), acting_as_service("minzheng access"):
        end_post(post=found, on=_day(on) or today(), reason=reason)
    console.print(f"岗位 #{post} 已终止。")


@app.command("roles")
def list_roles(as_json: Json = False) -> None:
    """列出角色与权限 Lists the roles and what each may do."""
    if as_json:
        typer.echo(
            json.dumps({r.code: {"name": r.name, "permissions": sorted(r.permissions)} for r in roles().values()},
                       ensure_ascii=False, indent=2)
        )  # fmt: skip
        return
    table = Table("角色", "名称", "权限")
    for role in roles().values():
        table.add_row(
            role.code,
            role.name,
            "、".join(permission_names()[p] for p in permission_names() if p in role.permissions),
        )
    console.print(table)


@app.command("demo")
def demo(as_json: Json = False) -> None:
    """创建演示账户 Opens one account a role with a public password; only where MINZHENG_DEMO=1."""
    from dataclasses import asdict

    from minzheng.kernel.access.demo import create_demo_officials

    with _refusals(), acting_as_service("minzheng access demo"):
        accounts = create_demo_officials()
    if as_json:
        typer.echo(json.dumps([asdict(account) for account in accounts], ensure_ascii=False, indent=2))
        return
    table = Table("用户名", "密码", "姓名", "职务", "岗位")
    for account in accounts:
        table.add_row(account.username, account.password, account.name, account.title, account.roles)
    console.print(table)
