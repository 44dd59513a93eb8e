"""Photographs and signatures of an act (现场照片、签名): a picture kept as a file, or the number of a sheet of paper."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from minzheng.kernel.cases.models import Upload


class Attachment(models.Model):
    """What was taken at the desk with one act; only ever added, with the act or not at all."""

    class What(models.TextChoices):
        PHOTOGRAPH = "photograph", "现场照片"
        SIGNATURE_MAN = "signature_man", "男方签名"
        SIGNATURE_WOMAN = "signature_woman", "女方签名"

    registration = models.ForeignKey(
        "marriage_registration.Registration", models.PROTECT, null=True, related_name="attachments"
    )
    application = models.ForeignKey(
        "marriage_registration.DivorceApplication", models.PROTECT, null=True, related_name="attachments"
    )
    division_code = models.TextField(db_collation="C", help_text="the office's, for the scope")
    what = models.TextField(choices=What.choices)
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    paper_number = models.TextField(
        default="", help_text="number of the sheet where it is not kept as a file"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(registration__isnull=False, application__isnull=True)
                | Q(registration__isnull=True, application__isnull=False),
                name="marriage_attachment_of_one_act",
            ),
            models.CheckConstraint(
                condition=Q(upload__isnull=False) | ~Q(paper_number=""), name="marriage_attachment_somewhere"
            ),
            models.UniqueConstraint(fields=["registration", "what"], name="marriage_attachment_once"),
            models.UniqueConstraint(
                fields=["application", "what"], name="marriage_application_attachment_once"
            ),
        ]

    def __str__(self) -> str:
        return self.what
