"""Tokens of partners, and the answers given under a key, so that a message sent twice decides once."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from minzheng.kernel.access.models import Post


class ApiToken(models.Model):
    """A secret by which a partner's program acts in one post (接口令牌); only its digest is kept."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name="岗位")
    name = models.TextField("用途")
    digest = models.TextField("摘要", unique=True, db_collation="C")
    created_at = models.DateTimeField("签发时间", db_default=Now())
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "接口令牌"


class KeptAnswer(models.Model):
    """What was answered to a message under its key (幂等键); the same key again is given the same answer."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    key = models.TextField(db_collation="C")
    message = models.TextField("报文摘要", db_collation="C")
    body = models.JSONField("答复", null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "幂等答复"
        constraints = [models.UniqueConstraint(fields=["post", "key"], name="api_kept_answer_once")]
