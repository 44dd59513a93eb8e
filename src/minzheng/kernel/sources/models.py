"""What was received, row by row, and what became of it.

The file itself lies unchanged under its SHA-256 in the folder of files; `FeedRow.raw` repeats its cells and cannot be
changed. Rows are scoped by place, because they hold what other offices know of people.
"""

from __future__ import annotations

from django.db import models


class FeedFile(models.Model):
    """A file received from an office (接收文件), once for each content."""

    class State(models.TextChoices):
        STAGED = "staged", "已暂存"
        CHECKED = "checked", "已核查，待写入"
        APPLIED = "applied", "已写入"
        UNRECOGNISED = "unrecognised", "未识别"
        UNREADABLE = "unreadable", "无法读取"

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.TextField()
    size = models.BigIntegerField()
    form = models.TextField(default="")
    contract = models.TextField(default="")
    state = models.TextField(choices=State.choices)
    period = models.DateField(null=True, help_text="first day of the month the file speaks of")
    period_source = models.TextField(default="")
    register = models.TextField(
        default="", db_collation="C", help_text="whose household numbers it uses: a town's code"
    )
    columns = models.JSONField(
        default=list, help_text="each sheet's heading line and which column is which field"
    )
    notes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contract", "period"], name="sources_file_contract")]

    def __str__(self) -> str:
        return self.name


class FeedRow(models.Model):
    """One line of a file, data or not, and what became of it (数据行)."""

    class Outcome(models.TextChoices):
        WAITING = "", "待处理"
        TAKEN = "taken", "已采用"
        WARNING = "taken_with_warning", "已采用，有提示"
        UNCHANGED = "unchanged", "无变化"
        REVIEW = "review", "待核处"
        REFUSED = "refused", "未采用"
        NOT_DATA = "not_data", "非数据行"

    class Kind(models.TextChoices):
        DATA = "data", "数据"
        TITLE = "title", "标题"
        HEADER = "header", "表头"
        TOTAL = "total", "合计"
        BLANK = "blank", "空行"
        NOTE = "note", "附注"
        OTHER_SHEET = "other_sheet", "未采用的工作表"

    file = models.ForeignKey(FeedFile, models.PROTECT, related_name="rows", db_index=False)
    sheet = models.TextField(default="")
    line = models.IntegerField()
    kind = models.TextField(choices=Kind.choices, default=Kind.DATA)
    raw = models.JSONField()
    values = models.JSONField(default=dict)
    messages = models.JSONField(default=list)
    outcome = models.TextField(choices=Outcome.choices, default="", blank=True)
    key = models.TextField(default="", db_collation="C")
    digest = models.TextField(default="", db_collation="C")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    household = models.ForeignKey(
        "people.Household", models.PROTECT, null=True, related_name="+", db_index=False
    )
    division_code = models.TextField(default="310000", db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "sheet", "line"], name="sources_row_once")]
        indexes = [
            models.Index(fields=["file", "outcome", "line"], name="sources_row_outcome"),
            models.Index(fields=["key"], name="sources_row_key", condition=~models.Q(key="")),
            models.Index(
                fields=["person"], name="sources_row_person", condition=models.Q(person__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.sheet}:{self.line}"


class ReviewItem(models.Model):
    """A row a person has to decide on (待核处): why, with the evidence and whom it may be."""

    class State(models.TextChoices):
        OPEN = "open", "待核处"
        LINKED = "linked", "已关联"
        NEW = "new", "已新建"
        ACCEPTED = "accepted", "已采用"
        REFUSED = "refused", "未采用"

    row = models.OneToOneField(FeedRow, models.PROTECT, related_name="review")
    contract = models.TextField()
    code = models.TextField(help_text="the message that sent the row here")
    evidence = models.JSONField(default=dict)
    candidates = models.JSONField(default=list)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    division_code = models.TextField(default="310000", db_collation="C")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")
    reason = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["state", "division_code", "id"], name="sources_review_queue")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at__isnull=True)
                | (~models.Q(state="open") & models.Q(decided_at__isnull=False) & ~models.Q(decided_by="")),
                name="sources_review_decided",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.code} {self.state}"
