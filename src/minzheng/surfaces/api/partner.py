"""Who asks: the post that a bearer token stands for (合作单位身份). A request runs as that post, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.http import HttpRequest
from ninja import Schema
from ninja.security import HttpBearer

from minzheng.kernel.access import Actor, acting
from minzheng.kernel.access.limits import limit
from minzheng.surfaces.api.models import ApiToken, KeptAnswer
from minzheng.surfaces.api.problems import Fault, Refusal
from minzheng.surfaces.api.tokens import find_token

A_MINUTE = 240


class Partner(HttpBearer):
    """Finds the post of a token; none is found for a token that is unknown or revoked."""

    openapi_description = "Token of a department's post, made by `minzheng api token create`."

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        return find_token(token)


@contextmanager
def as_partner(request: HttpRequest) -> Iterator[Actor]:
    """Runs the block as the token's post.

    Raises:
        LimitExceeded: too many requests of this token within the minute.
        PostNotInForce: the post has ended.
        Refusal: somebody is signed in as well, and two cannot act at once.
    """
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    if getattr(request, "actor", None) is not None:
        raise Refusal(
            400,
            "请勿同时使用登录会话和令牌 / a session and a token cannot act together",
            Fault(field="Cookie", expected="no session", what_to_do="Send the token alone."),
        )
    limit(f"api token {token.pk}", A_MINUTE)
    with acting(
        token.post_id, reason=f"接口：{token.name}", address=request.META.get("REMOTE_ADDR", "")
    ) as actor:
        yield actor


def once(key: str, message: dict[str, Any], act: Callable[[], Schema]) -> dict[str, Any]:
    """Does an act once for a key of the acting post; a repeated message is given the first answer (幂等).

    An act that was refused leaves no trace of its key, so it may be sent again.

    Raises:
        Refusal: the key was used for another message.
    """
    digest = hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()
    with connection.cursor() as cursor:
        # A second message under the key waits here for the first one's end.
        cursor.execute(
            "INSERT INTO api_keptanswer (post_id, key, message) VALUES ((SELECT access_actor_post()), %s, %s)"
            " ON CONFLICT (post_id, key) DO NOTHING",
            [key, digest],
        )
        is_first = cursor.rowcount == 1
    kept = KeptAnswer.objects.get(key=key)
    if not is_first:
        if kept.message != digest:
            raise Refusal(
                409,
                "这个幂等键已用于另一条报文 / this key was used for another message",
                Fault(
                    field="Idempotency-Key",
                    expected="a key of its own for every message",
                    what_to_do="Use a new key.",
                ),
            )
        return dict(kept.body or {})
    kept.body = act().model_dump(mode="json")
    kept.save(update_fields=["body"])
    return dict(kept.body)
