"""`minzheng api`: tokens of partner departments, and the interface's document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import acting_as_service, role_name
from minzheng.kernel.periods import now_utc

app = typer.Typer(
    help="接口 The interface for other departments: tokens, and its document.", no_args_is_help=True
)
token_app = typer.Typer(
    help="令牌 Tokens: each stands for one post of another department.", no_args_is_help=True
)
app.add_typer(token_app, name="token")
console = Console()


def _say_no(message: str) -> typer.Exit:
    Console(stderr=True).print(message, style="red", markup=False)
    return typer.Exit(1)


@token_app.command("create")
def create(
    post: Annotated[int, typer.Option(help="The post's number; `minzheng access official list` shows it.")],
    name: Annotated[
        str, typer.Option(help="用途 what it is for, such as the partner's system.")
    ] = "部门业务系统",
) -> None:
    """签发令牌 Makes a token and prints it. It is shown this once; only its digest is kept."""
    from minzheng.kernel.access.models import Post
    from minzheng.surfaces.api.tokens import TokenRefused, create_token

    with acting_as_service("minzheng api"):
        found = Post.objects.filter(pk=post).first()
        if found is None:
            raise _say_no(f"没有岗位 {post}。There is no post {post}; see `minzheng access official list`.")
        try:
            token = create_token(post=found, name=name)
        except TokenRefused as refusal:
            raise _say_no(str(refusal)) from refusal
    typer.echo(token)


@token_app.command("list")
def listed(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """列出令牌 Lists tokens with their posts; the secrets are kept nowhere."""
    from minzheng.surfaces.api.tokens import tokens

    with acting_as_service("minzheng api"):
        rows = [
            {
                "id": token.pk, "name": token.name, "post": token.post_id, "role": token.post.role,
                "division_code": token.post.division_code, "domains": token.post.domains,
                "created_at": token.created_at.isoformat(),
                "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
            }
            for token in tokens()
        ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("编号", "用途", "岗位", "签发", "撤销")
    for row in rows:
        where = f"#{row['post']} {role_name(str(row['role']))} {row['division_code']} {'、'.join(map(str, cast('list[str]', row['domains'])))}"
        table.add_row(
            str(row["id"]),
            str(row["name"]),
            where,
            str(row["created_at"])[:10],
            str(row["revoked_at"] or "")[:10],
        )
    console.print(table)


@token_app.command("revoke")
def revoke(token_id: Annotated[int, typer.Argument(help="Its number in `minzheng api token list`.")]) -> None:
    """撤销令牌 Ends a token at once."""
    from minzheng.surfaces.api.tokens import TokenRefused, revoke_token

    with acting_as_service("minzheng api"):
        try:
            revoke_token(token_id=token_id, at=now_utc())
        except TokenRefused as refusal:
            raise _say_no(str(refusal)) from refusal
    console.print("已撤销 revoked")


@app.command("document")
def document(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; printed where not given.")] = None,
) -> None:
    """接口文档 Writes the OpenAPI document."""
    from minzheng.surfaces.api.urls import api

    text = json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=2)
    if file is None:
        typer.echo(text)
    else:
        file.write_text(text, encoding="utf-8")
