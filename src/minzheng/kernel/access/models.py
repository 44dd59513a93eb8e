"""Officials, their posts, residents' accounts, and the counters of the rate limiter."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models


class Official(models.Model):
    """A person who works on the platform (工作人员); signs in with one account of their own."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="official")
    name = models.CharField("姓名", max_length=60)
    title = models.CharField("职务", max_length=60, blank=True)

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A role at a place for a time (岗位): what an official may do, for which subtree of divisions and programmes.

    An official may hold several posts and acts in one of them at a time. Posts are ended, never deleted: the trace
    points at them.
    """

    official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField("角色", max_length=40)
    division_code = models.CharField("区划代码", max_length=12, db_collation="C")
    domains = ArrayField(models.CharField(max_length=60), default=list, verbose_name="业务领域")
    during = DateRangeField("任期")

    class Meta:
        indexes = [models.Index(fields=["official"], name="access_post_by_official")]

    def __str__(self) -> str:
        return f"{self.official_id} {self.role} {self.division_code}"


class ResidentAccount(models.Model):
    """The account by which a resident sees their own record (居民账户)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="resident")
    # The register of people is built on top of this block, so this is its number and not a foreign key.
    person_id = models.BigIntegerField(unique=True)


class SigningKey(models.Model):
    """The key by which the database recognises actors the application has signed; the web role cannot read it."""

    key = models.BinaryField()
    stored_at = models.DateTimeField()


class RequestCount(models.Model):
    """How often something was asked within one minute; see `limits`."""

    key = models.CharField(max_length=64)
    minute = models.BigIntegerField()
    count = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "minute"], name="access_request_count_once")]
