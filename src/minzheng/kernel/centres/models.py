"""What a service centre remembers: where it is and when it opens, who sits at which counter, who waits, who is booked.

A ticket names nobody. A counter that serves one person at a time, a number given once, a place in time that is never sold
twice: each is a constraint here or a trigger in the migrations, so that no path around the actions can break it.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Centre(models.Model):
    """A community affairs service centre or one of its branches (社区事务受理服务中心、分中心)."""

    class Kind(models.TextChoices):
        MAIN = "main", "受理中心"
        BRANCH = "branch", "分中心"

    code = models.TextField("编码", unique=True, db_collation="C")
    name = models.TextField("名称")
    kind = models.TextField("类型", choices=Kind.choices)
    division_code = models.TextField("所在街镇", db_collation="C")
    address = models.TextField("地址")
    longitude = models.FloatField("经度")
    latitude = models.FloatField("纬度")
    during = DateRangeField("起止日期")
    source = models.TextField("来源")
    provenance = models.TextField("来源类别", default="illustrative")

    class Meta:
        verbose_name = "受理中心"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="centres_centre_kind_known", condition=Q(kind__in=["main", "branch"])
            ),
            models.CheckConstraint(
                name="centres_centre_at_a_street", condition=Q(division_code__regex=r"^[0-9]{9}$")
            ),
        ]
        indexes = [models.Index(fields=["division_code"], name="centres_centre_division")]

    def __str__(self) -> str:
        return self.name


class OfCentre(models.Model):
    """A row of one centre; the database copies the centre's division into it, whatever was written."""

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+", verbose_name="中心")
    division_code = models.TextField("所在街镇", db_collation="C", default="", editable=False)

    class Meta:
        abstract = True


class Hours(OfCentre):
    """One span of a weekday's opening hours (开放时间); a day with a lunch break has two. Monday is 0."""

    weekday = models.SmallIntegerField("星期")
    opens = models.TimeField("开始")
    closes = models.TimeField("结束")

    class Meta:
        verbose_name = "开放时间"
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "weekday", "opens"], name="centres_hours_once"),
            models.CheckConstraint(
                name="centres_hours_in_order",
                condition=Q(opens__lt=F("closes"), weekday__gte=0, weekday__lte=6),
            ),
        ]


class Closure(OfCentre):
    """A day on which a centre does not open, with its reason (闭门日)."""

    day = models.DateField("日期")
    reason = models.TextField("原因")

    class Meta:
        verbose_name = "闭门日"
        constraints = [models.UniqueConstraint(fields=["centre", "day"], name="centres_closure_once")]


class Counter(OfCentre):
    """A counter (窗口) and the item groups it serves."""

    number = models.SmallIntegerField("窗口号")
    groups = ArrayField(models.TextField(), verbose_name="受理事项组")
    is_in_use = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = "窗口"
        ordering = ["centre", "number"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "number"], name="centres_counter_number_once"),
            models.CheckConstraint(name="centres_counter_serves_something", condition=Q(groups__len__gt=0)),
        ]


class CentreDay(OfCentre):
    """One day of a centre, from opening the queue to closing it (营业日)."""

    day = models.DateField("日期")
    opened_at = models.DateTimeField("开始取号")
    closed_at = models.DateTimeField("停止取号", null=True)

    class Meta:
        verbose_name = "营业日"
        constraints = [models.UniqueConstraint(fields=["centre", "day"], name="centres_day_once")]


class Sitting(OfCentre):
    """Which post sits at which counter, from when to when (坐席).

    `streak` counts the people with precedence called here since the last without; the rule of fairness reads it.
    """

    counter = models.ForeignKey(Counter, models.PROTECT, related_name="sittings")
    day = models.DateField("日期")
    post_id = models.BigIntegerField("岗位")
    official = models.TextField("经办人")
    opened_at = models.DateTimeField("开窗时间")
    closed_at = models.DateTimeField("关窗时间", null=True)
    streak = models.SmallIntegerField("连续优先叫号", default=0)

    class Meta:
        verbose_name = "坐席"
        constraints = [
            models.UniqueConstraint(
                fields=["counter", "day"],
                name="centres_sitting_one_per_counter",
                condition=Q(closed_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["post_id", "day"],
                name="centres_sitting_one_per_post",
                condition=Q(closed_at__isnull=True),
            ),
        ]


class TicketState(models.TextChoices):
    WAITING = "waiting", "等候"
    TRANSFERRED = "transferred", "转窗等候"
    CALLED = "called", "已叫号"
    SERVING = "serving", "办理中"
    HELD = "held", "暂挂"
    DONE = "done", "已办"
    LEFT = "left", "过号或离开"
    CLOSED_OUT = "closed_out", "闭门未办"


_T = TicketState
# Every permitted move of a ticket; the trigger of the migrations holds the same table against the rows.
MOVES: dict[str, frozenset[str]] = {
    _T.WAITING: frozenset({_T.CALLED, _T.LEFT, _T.CLOSED_OUT}),
    _T.TRANSFERRED: frozenset({_T.CALLED, _T.LEFT, _T.CLOSED_OUT}),
    _T.CALLED: frozenset({_T.SERVING, _T.WAITING, _T.LEFT, _T.CLOSED_OUT}),
    _T.SERVING: frozenset({_T.HELD, _T.TRANSFERRED, _T.DONE}),
    _T.HELD: frozenset({_T.SERVING, _T.TRANSFERRED, _T.LEFT, _T.CLOSED_OUT}),
    _T.DONE: frozenset(),
    _T.LEFT: frozenset(),
    _T.CLOSED_OUT: frozenset(),
}
IN_QUEUE = (_T.WAITING, _T.TRANSFERRED)
AT_COUNTER = (_T.CALLED, _T.SERVING)
ENDED = (_T.DONE, _T.LEFT, _T.CLOSED_OUT)


class Ticket(OfCentre):
    """A number in the queue (排队号); it holds no name and no identifier.

    `code` stands on the slip: who has it may ask for the place in line, and claims the first place of the next day when
    the centre closed on them. `due_at` is the booked time of an appointment that came in time, null for everybody else.
    From `served_at` to `ended_at` is the time at the counter: after a hold, `served_at` is moved on by as long as it took.
    """

    class Channel(models.TextChoices):
        WALK_IN = "walk_in", "现场取号"
        APPOINTMENT = "appointment", "预约"

    day = models.DateField("日期")
    series = models.TextField("号段")
    number = models.IntegerField("序号")
    label = models.TextField("号码")
    code = models.TextField("校验码")
    group_code = models.TextField("事项组")
    item_code = models.TextField("事项", blank=True, default="")
    channel = models.TextField("渠道", choices=Channel.choices, default=Channel.WALK_IN)
    priority = models.TextField("优先类别", blank=True, default="")
    appointment = models.OneToOneField(
        "Appointment", models.PROTECT, related_name="ticket", null=True, blank=True
    )
    carried_from = models.OneToOneField(
        "self", models.PROTECT, related_name="carried_to", null=True, blank=True, verbose_name="原号"
    )
    due_at = models.DateTimeField("预约时间", null=True, blank=True)
    taken_at = models.DateTimeField("取号时间")
    state = models.TextField("状态", choices=TicketState.choices, default=TicketState.WAITING)
    counter = models.ForeignKey(
        Counter, models.PROTECT, related_name="tickets", null=True, blank=True, verbose_name="窗口"
    )
    for_counter = models.ForeignKey(
        Counter, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="指定窗口"
    )
    called_at = models.DateTimeField("叫号时间", null=True, blank=True)
    recalls = models.SmallIntegerField("重呼次数", default=0)
    served_at = models.DateTimeField("开始办理", null=True, blank=True)
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    claim_on = models.DateField("可优先取号日", null=True, blank=True)
    case_id = models.BigIntegerField("办件", null=True, blank=True)
    client_key = models.TextField("请求标识", blank=True, default="")

    class Meta:
        verbose_name = "排队号"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "day", "series", "number"], name="centres_ticket_number_once"
            ),
            models.UniqueConstraint(
                fields=["centre", "client_key"],
                name="centres_ticket_key_once",
                condition=~Q(client_key=""),
            ),
            models.UniqueConstraint(
                fields=["counter", "day"],
                name="centres_ticket_one_at_a_counter",
                condition=Q(state__in=["called", "serving"]),
            ),
            models.CheckConstraint(
                name="centres_ticket_state_known", condition=Q(state__in=TicketState.values)
            ),
            models.CheckConstraint(
                name="centres_ticket_at_its_counter",
                condition=~Q(state__in=["called", "serving"]) | Q(counter__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "day"], name="centres_ticket_division"),
            models.Index(fields=["centre", "day", "state", "group_code"], name="centres_ticket_queue"),
        ]

    def __str__(self) -> str:
        return self.label


class TicketEvent(OfCentre):
    """One act on a ticket (叫号记录); only ever added. `client_key` names the press of a button, once."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")
    act = models.TextField("动作")
    from_state = models.TextField("原状态", blank=True, default="")
    to_state = models.TextField("新状态")
    at = models.DateTimeField("时间")
    counter = models.ForeignKey(Counter, models.PROTECT, related_name="+", null=True, blank=True)
    note = models.TextField("说明", blank=True, default="")
    actor_label = models.TextField("经办")
    actor_post_id = models.BigIntegerField("岗位", null=True)
    client_key = models.TextField("请求标识", blank=True, default="")

    class Meta:
        verbose_name = "叫号记录"
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "client_key"], name="centres_event_key_once", condition=~Q(client_key="")
            )
        ]
        indexes = [models.Index(fields=["ticket", "id"], name="centres_event_ticket")]


class Slot(OfCentre):
    """Half an hour of a day for one item group, with the places that may be booked (预约时段).

    `taken` is moved by the database alone, under the row's lock, and never above `places`.
    """

    day = models.DateField("日期")
    starts = models.TimeField("开始")
    group_code = models.TextField("事项组")
    places = models.SmallIntegerField("可约人数")
    taken = models.SmallIntegerField("已约人数", db_default=0)

    class Meta:
        verbose_name = "预约时段"
        ordering = ["day", "starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre", "day", "group_code", "starts"], name="centres_slot_once"
            ),
            models.CheckConstraint(
                name="centres_slot_never_oversold", condition=Q(taken__gte=0, taken__lte=F("places"))
            ),
        ]


class AppointmentState(models.TextChoices):
    BOOKED = "booked", "已预约"
    ARRIVED = "arrived", "已到场"
    CANCELLED = "cancelled", "已取消"
    WITHDRAWN = "withdrawn", "中心取消"
    NO_SHOW = "no_show", "未到场"


APPOINTMENT_MOVES: dict[str, frozenset[str]] = {
    AppointmentState.BOOKED: frozenset(
        {
            AppointmentState.ARRIVED,
            AppointmentState.CANCELLED,
            AppointmentState.WITHDRAWN,
            AppointmentState.NO_SHOW,
        }
    ),
    AppointmentState.ARRIVED: frozenset(),
    AppointmentState.CANCELLED: frozenset(),
    AppointmentState.WITHDRAWN: frozenset(),
    AppointmentState.NO_SHOW: frozenset(),
}


class Appointment(OfCentre):
    """A booked place in time (预约). Centre, day, time and group are the slot's: the database writes them."""

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="appointments")
    day = models.DateField("日期")
    starts = models.TimeField("时间")
    group_code = models.TextField("事项组")
    item_code = models.TextField("事项", blank=True, default="")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="appointments")
    state = models.TextField("状态", choices=AppointmentState.choices, default=AppointmentState.BOOKED)
    code = models.TextField("到场码")
    channel = models.TextField("渠道", default="online")
    booked_at = models.DateTimeField("预约时间", db_default=Now())
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    client_key = models.TextField("请求标识", blank=True, default="")

    class Meta:
        verbose_name = "预约"
        constraints = [
            models.CheckConstraint(
                name="centres_appointment_state_known", condition=Q(state__in=AppointmentState.values)
            ),
            models.UniqueConstraint(
                fields=["person", "day", "starts"],
                name="centres_appointment_one_place_at_a_time",
                condition=Q(state="booked"),
            ),
            models.UniqueConstraint(
                fields=["person", "client_key"],
                name="centres_appointment_key_once",
                condition=~Q(client_key=""),
            ),
            models.UniqueConstraint(fields=["centre", "day", "code"], name="centres_appointment_code_once"),
        ]
        indexes = [
            models.Index(fields=["division_code", "day", "starts"], name="centres_appointment_division"),
            models.Index(fields=["person", "day"], name="centres_appointment_person"),
        ]
