"""Bearer tokens (接口令牌): made once, shown once, kept as a digest, bound to one post, revocable."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from minzheng.kernel.access import require
from minzheng.kernel.access.models import Post
from minzheng.kernel.audit import record
from minzheng.surfaces.api.models import ApiToken

ROLE = "department_officer"
_MARK = "mzt_"


class TokenRefused(ValueError):
    """A token that is not given out; the message says why and what to do."""


@transaction.atomic
def create_token(*, post: Post, name: str) -> str:
    """Makes a token for a partner's post and returns it; it can never be shown again (签发令牌).

    Raises:
        NotPermitted: whoever acts grants no posts.
        TokenRefused: the post is no other department's, covers every domain, or the purpose is missing.
    """
    require("access.grant_post")
    if post.role != ROLE:
        raise TokenRefused(
            f"岗位 {post.pk} 的角色是 {post.role}；令牌只签发给其他部门经办人员（{ROLE}） / "
            f"post {post.pk} is a {post.role}; tokens are for a {ROLE}"
        )
    if "*" in post.domains:
        raise TokenRefused(
            f"岗位 {post.pk} 覆盖全部业务领域；请先授予只含本部门领域的岗位 / "
            f"post {post.pk} covers every domain; grant a post that covers the department's own"
        )
    if len(name.strip()) < 2:
        raise TokenRefused("请写明令牌的用途 / say what the token is for")
    token = _MARK + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(post=post, name=name.strip(), digest=digest_of(token))
    record(
        "access.token_created", subject=f"api.token:{made.pk}", detail={"post": post.pk, "name": name.strip()}
    )
    return token


@transaction.atomic
def revoke_token(*, token_id: int, at: datetime) -> ApiToken:
    """Ends a token at once (撤销令牌); the program that holds it is refused from the next request on.

    Raises:
        NotPermitted: whoever acts grants no posts. TokenRefused: there is no such token.
    """
    require("access.grant_post")
    found = ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if found is None:
        raise TokenRefused(
            f"没有令牌 {token_id} / there is no token {token_id}; see `minzheng api token list`"
        )
    if found.revoked_at is None:
        found.revoked_at = at
        found.save(update_fields=["revoked_at"])
        record("access.token_revoked", subject=f"api.token:{found.pk}", detail={"post": found.post_id})
    return found


def tokens() -> QuerySet[ApiToken]:
    """Every token with its post, the latest first; the secrets are not among them."""
    require("access.look")
    return ApiToken.objects.select_related("post").order_by("-id")


def find_token(token: str) -> ApiToken | None:
    """The token that a request bears, unless it was revoked."""
    return ApiToken.objects.filter(digest=digest_of(token), revoked_at=None).first()


def digest_of(token: str) -> str:
    """What is kept of a token. It holds 256 random bits, so a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()
