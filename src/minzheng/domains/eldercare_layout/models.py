"""What is remembered of the layout plan: elders by area and year, points of areas, saved plans and their sites.

Nothing here names a person.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from minzheng.domains.eldercare_layout.kinds import Model


class AreaElders(models.Model):
    """Elders of one area in one year (分年老年人口): counted in the base year, expected in the years after it.

    An area is a committee where the register knows one, else a street; whoever is known no closer counts under the
    district's own code and belongs to no street.
    """

    division_code = models.TextField(db_collation="C")
    year = models.SmallIntegerField()
    elders = models.FloatField(
        help_text="people aged 60 and over; whole in the base year, an expectation later"
    )
    elders_80 = models.FloatField(help_text="of them aged 80 and over")
    residents = models.IntegerField(null=True, help_text="people of every age; known in the base year only")
    counted_on = models.DateField(help_text="the day of the register that it rests on")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division_code", "year"], name="eldercare_layout_area_year"),
            models.CheckConstraint(
                condition=Q(elders__gte=0, elders_80__gte=0, elders_80__lte=models.F("elders")),
                name="eldercare_layout_elders",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.year}"


class AreaPoint(models.Model):
    """Where an area is taken to be (示意坐标): the start of every walk from it, and a candidate for a site."""

    division_code = models.TextField(primary_key=True, db_collation="C")
    longitude = models.FloatField(help_text="degrees, WGS 84")
    latitude = models.FloatField(help_text="degrees, WGS 84")
    source = models.TextField()
    provenance = models.TextField(default="illustrative", help_text="public or illustrative")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="eldercare_layout_point",
            )
        ]

    def __str__(self) -> str:
        return self.division_code


class State(models.TextChoices):
    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    FAILED = "failed", "出错"
    DONE = "done", "已完成"


class Plan(models.Model):
    """A question of siting for one district, and its answer (选址方案)."""

    title = models.CharField("名称", max_length=80)
    division_code = models.TextField("区", db_collation="C")
    model = models.TextField(
        "模型", choices=[(Model.P_MEDIAN, "平均距离最短"), (Model.COVERAGE, "覆盖人数最多")]
    )
    year = models.SmallIntegerField("人口年份")
    sites = models.SmallIntegerField("拟建数量")
    reach_metres = models.IntegerField("服务半径（米）")
    detour_percent = models.SmallIntegerField("绕行系数（%）")
    site_cost_fen = models.BigIntegerField("每处投入（分）")
    beds_per_site = models.IntegerField("每处床位")
    seconds = models.IntegerField("求解时限（秒）")
    on = models.DateField("现有设施截至")
    state = models.TextField("状态", choices=State.choices, default=State.WAITING)
    done = models.IntegerField("已用秒数", default=0)
    error = models.TextField("错误", default="", blank=True)
    objective = models.FloatField("目标值", null=True)
    bound = models.FloatField("界", null=True)
    gap = models.FloatField("差距", null=True, help_text="share; 0 is proved best")
    elders = models.FloatField("老年人", null=True)
    covered = models.FloatField("覆盖老年人", null=True)
    covered_before = models.FloatField("现有覆盖", null=True)
    mean_metres = models.FloatField("平均步行距离（米）", null=True)
    mean_metres_before = models.FloatField("现有平均步行距离（米）", null=True)
    adopted_on = models.DateField("列入规划", null=True)
    created_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+", verbose_name="经办")
    created_at = models.DateTimeField("提交时间", db_default=Now())
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=State.values,
                    model__in=list(Model),
                    sites__gte=1,
                    reach_metres__gte=1,
                    seconds__gte=1,
                    detour_percent__gte=100,
                ),
                name="eldercare_layout_plan_asked",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(objective__isnull=False, bound__isnull=False, gap__gte=0),
                name="eldercare_layout_plan_answered",
            ),
            models.CheckConstraint(
                condition=Q(adopted_on=None) | Q(state="done"), name="eldercare_layout_adopt_answered"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def cost_fen(self) -> int:
        return self.sites * self.site_cost_fen


class PlanSite(models.Model):
    """One site of a plan: one to be built, or one that stands and stays (方案点位)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="places")
    division_code = models.TextField(db_collation="C")
    name = models.TextField()
    is_standing = models.BooleanField()
    longitude = models.FloatField()
    latitude = models.FloatField()
    elders = models.FloatField(help_text="for whom this is the nearest site")

    class Meta:
        indexes = [models.Index(fields=["division_code"], name="eldercare_layout_site_place")]

    def __str__(self) -> str:
        return self.name
