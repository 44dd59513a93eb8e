"""What a simulated city remembers of itself: how it was built, and which steps of its life are done."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class SimulatedCity(models.Model):
    """The one city of an installation (模拟城市): synthetic, one resident for `scale` real ones, drawn by `seed`."""

    scale = models.IntegerField("比例")
    seed = models.IntegerField("种子")
    on = models.DateField("建成日期")  # The register holds the city as it stood on this day.
    told = models.JSONField("说明", default=dict)
    built_at = models.DateTimeField("写入时间", db_default=Now())

    class Meta:
        verbose_name = "模拟城市"


class LivedStep(models.Model):
    """A step of a month that was lived (已模拟步骤), written in the transaction of its last act: none is lived twice."""

    month = models.DateField("月份")
    step = models.TextField("步骤")
    told = models.JSONField("说明", default=dict)
    lived_at = models.DateTimeField("写入时间", db_default=Now())

    class Meta:
        verbose_name = "已模拟步骤"
        constraints = [models.UniqueConstraint(fields=["month", "step"], name="simulation_step_once")]
