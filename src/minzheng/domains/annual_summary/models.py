"""What is kept of a summary: versions of its paragraphs, who held it to be right, and the issued text with its number.

Each of these is only ever added. Nothing here names a person of the registers.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class ParagraphVersion(models.Model):
    """One paragraph as an official wrote it (段落版本), with its figures still bound; the highest number is in force."""

    year = models.SmallIntegerField()
    division_code = models.TextField(db_collation="C")
    key = models.TextField()
    number = models.IntegerField()
    text = models.TextField(help_text="as written, with {figure:form}")
    written_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "division_code", "key", "number"], name="annual_summary_version"
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="annual_summary_version_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


class Check(models.Model):
    """One official held the text with its figures, as its SHA-256 tells it, to be right (核对)."""

    year = models.SmallIntegerField()
    division_code = models.TextField(db_collation="C")
    sha256 = models.CharField(max_length=64)
    checked_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.year} {self.division_code}"


class DocumentNumber(models.Model):
    """The register of documents (发文登记簿): each number of a year once, in the order of issuing, and none left out."""

    word = models.TextField(help_text="the issuer's word, such as 沪民总结发")
    year = models.SmallIntegerField()
    number = models.IntegerField()
    title = models.TextField()
    taken_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    taken_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "year", "number"], name="annual_summary_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="annual_summary_number_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.word}〔{self.year}〕{self.number}号"


class Issued(models.Model):
    """A summary as issued (已印发): text, figures and values frozen; who checked it is not who issued it."""

    year = models.SmallIntegerField()
    division_code = models.TextField(db_collation="C")
    number = models.OneToOneField(DocumentNumber, models.PROTECT, related_name="+")
    content = models.JSONField(help_text="sections, paragraphs and every figure with value and printed text")
    sha256 = models.CharField(max_length=64)
    checked_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    issued_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    issued_on = models.DateField()
    issued_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "division_code"], name="annual_summary_issued_once"),
            models.CheckConstraint(
                condition=~models.Q(issued_by=models.F("checked_by")), name="annual_summary_two_people"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
