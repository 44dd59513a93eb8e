"""The trace: one row an act or a look, and the chain of seals over them."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act, or one look at a person (操作记录). The database fills in who acted; nothing can change it later."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)  # official, service, resident, nobody
    official_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    actor_label = models.TextField()
    act = models.CharField(max_length=80)
    subject = models.TextField()
    person_id = models.BigIntegerField(null=True)
    division_code = models.CharField(max_length=12, db_collation="C")
    reason = models.TextField()
    detail = models.JSONField()
    address = models.CharField(max_length=60)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["person_id", "at"], name="audit_entry_by_person"),
            models.Index(fields=["division_code", "at"], name="audit_entry_by_division"),
            models.Index(fields=["official_id", "at"], name="audit_entry_by_official"),
            models.Index(fields=["at"], name="audit_entry_by_time"),
        ]


class Seal(models.Model):
    """The seal of one entry: its position, the seal before it, and the digest over both (哈希链)."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_seal"
