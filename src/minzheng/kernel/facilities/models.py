"""Facilities and the posts that speak for one of them alone."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from minzheng.kernel.access.models import Post
from minzheng.kernel.organisations.models import Organisation


class Facility(models.Model):
    """A place where a service is given (设施): a registry office, a home, a meal site; public, and open for a time."""

    code = models.TextField(unique=True, db_collation="C", help_text="ours, stable, e.g. EH-310107-0003")
    kind = models.TextField(
        help_text="declared by the domain that uses it, e.g. marriage_office, eldercare_home"
    )
    name = models.TextField()
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="facilities", help_text="who runs it (运营单位)"
    )
    division_code = models.TextField(db_collation="C")
    address = models.TextField(default="")
    phone = models.TextField(default="")
    longitude = models.FloatField(null=True, help_text="degrees, WGS 84")
    latitude = models.FloatField(null=True, help_text="degrees, WGS 84")
    during = DateRangeField()
    source = models.TextField()
    provenance = models.TextField(default="illustrative", help_text="seed, public or illustrative")

    class Meta:
        indexes = [models.Index(fields=["kind", "division_code"], name="facilities_kind_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="facilities_both_coordinates",
            ),
            models.CheckConstraint(
                condition=Q(provenance__in=["seed", "public", "illustrative"]), name="facilities_provenance"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FacilityPost(models.Model):
    """A post that works for one facility only (机构岗位): its role sees no register, only rows of this facility."""

    post = models.OneToOneField(Post, models.PROTECT, related_name="facility_post")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="posts")

    def __str__(self) -> str:
        return f"{self.post_id} {self.facility_id}"
