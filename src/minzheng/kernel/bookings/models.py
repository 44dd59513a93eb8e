"""What is remembered of places in time: when they are offered, what is taken of them, who holds one, who waits.

A place is never sold twice, and nobody holds two open bookings of one purpose: the first is counted by a trigger under
the slot's lock, the second is a unique index over the number of everybody who comes along. No path around the actions
breaks either.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Identifier, Person


class Calendar(models.Model):
    """What a facility offers by time, for one purpose (号源日历), e.g. marriage; the purposes are declared by domains."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="calendars")
    division_code = models.TextField("所在区划", db_collation="C", default="", editable=False)
    purpose = models.TextField("用途")
    slot_minutes = models.SmallIntegerField("时段长度（分钟）", default=30)
    is_open = models.BooleanField("接受预约", default=True)

    class Meta:
        verbose_name = "号源日历"
        constraints = [
            models.UniqueConstraint(fields=["facility", "purpose"], name="bookings_calendar_once"),
            models.CheckConstraint(
                name="bookings_calendar_minutes", condition=Q(slot_minutes__gte=5, slot_minutes__lte=480)
            ),
        ]
        indexes = [models.Index(fields=["purpose", "division_code"], name="bookings_calendar_place")]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.purpose}"


class OfCalendar(models.Model):
    """A row of one calendar; the database copies facility and place into it, whatever was written."""

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", null=True, editable=False)
    division_code = models.TextField("所在区划", db_collation="C", default="", editable=False)

    class Meta:
        abstract = True


class Opening(OfCalendar):
    """One span of a weekday, with the places in each of its slots (每周模板). Monday is 0."""

    weekday = models.SmallIntegerField("星期")
    opens = models.TimeField("开始")
    closes = models.TimeField("结束")
    places = models.SmallIntegerField("每时段名额")

    class Meta:
        verbose_name = "每周模板"
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday", "opens"], name="bookings_opening_once"),
            models.CheckConstraint(
                name="bookings_opening_in_order",
                condition=Q(opens__lt=F("closes"), weekday__gte=0, weekday__lte=6, places__gte=1),
            ),
        ]


class SpecialDay(OfCalendar):
    """A day unlike its weekday (特殊日): closed, or open with its own hours and places, on a holiday too."""

    day = models.DateField("日期")
    opens = models.TimeField("开始", null=True, blank=True)
    closes = models.TimeField("结束", null=True, blank=True)
    places = models.SmallIntegerField("每时段名额", help_text="0 closes the day")
    reason = models.TextField("原因")

    class Meta:
        verbose_name = "特殊日"
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="bookings_specialday_once"),
            models.CheckConstraint(
                name="bookings_specialday_whole",
                condition=Q(places=0)
                | Q(places__gte=1, opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
            ),
        ]


class Draw(OfCalendar):
    """The fair release of a day that too many want (公开抽签).

    `commitment` is the SHA-256 of a seed that the database drew and keeps to itself. Reading the seed ends the entries.
    `result` lists, in the drawn order, [entry number, slot or null where nothing was left].
    """

    day = models.DateField("日期")
    entries_from = models.DateTimeField("报名开始")
    entries_until = models.DateTimeField("报名截止")
    commitment = models.TextField("种子的 SHA-256", default="", editable=False)
    entries = models.IntegerField("报名数", db_default=0, editable=False)
    seed = models.TextField("种子", default="", editable=False)
    drawn_at = models.DateTimeField("抽签时间", null=True, editable=False)
    result = models.JSONField("结果", default=list, editable=False)

    class Meta:
        verbose_name = "公开抽签"
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="bookings_draw_once"),
            models.CheckConstraint(
                name="bookings_draw_in_order", condition=Q(entries_from__lt=F("entries_until"))
            ),
        ]


class Slot(OfCalendar):
    """A span of a day with its places (预约时段).

    `taken` is moved by the database alone, under the row's lock, and never above `places`. `opens_at` is when it may be
    booked from; `in_draw` holds its places back for the draw of the day.
    """

    day = models.DateField("日期")
    starts = models.TimeField("开始")
    places = models.SmallIntegerField("名额")
    taken = models.SmallIntegerField("已约", db_default=0)
    opens_at = models.DateTimeField("放号时间")
    in_draw = models.BooleanField("抽签放号", default=False)

    class Meta:
        verbose_name = "预约时段"
        ordering = ["day", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day", "starts"], name="bookings_slot_once"),
            models.CheckConstraint(
                name="bookings_slot_never_oversold", condition=Q(taken__gte=0, taken__lte=F("places"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.starts:%H:%M}"

    @property
    def left(self) -> int:
        return self.places - self.taken


class BookingState(models.TextChoices):
    ENTERED = "entered", "已报名待抽签"
    WAITING = "waiting", "候补中"
    OFFERED = "offered", "候补待确认"
    BOOKED = "booked", "已预约"
    ARRIVED = "arrived", "已到场"
    DONE = "done", "已办结"
    CANCELLED = "cancelled", "已取消"
    WITHDRAWN = "withdrawn", "机构取消"
    LAPSED = "lapsed", "已失效"
    NO_SHOW = "no_show", "未到场"


_S = BookingState
#: Every permitted move; a trigger holds the same table against the rows.
MOVES: dict[str, frozenset[str]] = {
    _S.ENTERED: frozenset({_S.BOOKED, _S.WAITING, _S.LAPSED, _S.CANCELLED, _S.WITHDRAWN}),
    _S.WAITING: frozenset({_S.OFFERED, _S.LAPSED, _S.CANCELLED, _S.WITHDRAWN}),
    _S.OFFERED: frozenset({_S.BOOKED, _S.LAPSED, _S.CANCELLED, _S.WITHDRAWN}),
    _S.BOOKED: frozenset({_S.ARRIVED, _S.NO_SHOW, _S.CANCELLED, _S.WITHDRAWN}),
    _S.ARRIVED: frozenset({_S.DONE}),
    _S.NO_SHOW: frozenset({_S.ARRIVED}),
    _S.DONE: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.LAPSED: frozenset(),
}
#: The states in which a booking holds a place of its slot.
HOLDS_A_PLACE = (_S.OFFERED, _S.BOOKED, _S.ARRIVED, _S.DONE, _S.NO_SHOW)
#: The states of which a person has one at most, for one purpose.
OPEN = (_S.OFFERED, _S.BOOKED, _S.ARRIVED)
#: The states in which somebody has asked for a day and holds nothing yet.
HOPES = (_S.ENTERED, _S.WAITING)


class Booking(OfCalendar):
    """A place in time that somebody holds or asks for (预约). Day and time are the slot's: the database writes them.

    While it waits or is in a draw, `slot` is the wish, and `any_time` says that another time of that day will do.
    `persons` repeats the parties' numbers in the register, since row-level security decides by it.
    """

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bookings")
    purpose = models.TextField("用途", default="", editable=False)
    day = models.DateField("日期", editable=False)
    starts = models.TimeField("时间", editable=False)
    item = models.TextField("事项")
    any_time = models.BooleanField("当日其他时段也可", default=False)
    state = models.TextField("状态", choices=BookingState.choices, default=BookingState.BOOKED)
    code = models.TextField("预约码")
    channel = models.TextField("渠道", default="online", help_text="online, counter, phone")
    requested_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="requested_bookings", help_text="null where a post booked"
    )  # fmt: skip
    persons = ArrayField(models.BigIntegerField(), verbose_name="当事人", default=list, editable=False)
    detail = models.JSONField(
        "申报内容", default=dict, help_text="what the domain asked, names and numbers never"
    )
    booked_at = models.DateTimeField("提交时间", db_default=Now())
    offered_until = models.DateTimeField("确认截止", null=True)
    queue_number = models.IntegerField("到场序号", null=True)
    arrived_at = models.DateTimeField("到场时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    client_key = models.TextField("请求标识", default="")
    draw = models.ForeignKey(Draw, models.PROTECT, null=True, editable=False, related_name="bookings")
    entry_number = models.IntegerField("抽签编号", null=True, editable=False)
    draw_rank = models.IntegerField("抽签顺序", null=True)

    class Meta:
        verbose_name = "预约"
        constraints = [
            models.CheckConstraint(
                name="bookings_booking_state_known", condition=Q(state__in=BookingState.values)
            ),
            models.CheckConstraint(
                name="bookings_booking_channel_known",
                condition=Q(channel__in=["online", "counter", "phone"]),
            ),
            models.CheckConstraint(
                name="bookings_booking_offer_ends",
                condition=~Q(state="offered") | Q(offered_until__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["client_key"], name="bookings_booking_key_once", condition=~Q(client_key="")
            ),
            models.UniqueConstraint(fields=["calendar", "day", "code"], name="bookings_booking_code_once"),
            models.UniqueConstraint(
                fields=["calendar", "day", "queue_number"],
                name="bookings_booking_number_once",
                condition=Q(queue_number__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["draw", "entry_number"],
                name="bookings_booking_entry_once",
                condition=Q(draw__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "day", "starts"], name="bookings_booking_place"),
            models.Index(fields=["facility", "day"], name="bookings_booking_facility"),
            models.Index(
                fields=["calendar", "day"],
                name="bookings_booking_hopes",
                condition=Q(state__in=["waiting", "entered"]),
            ),
            models.Index(
                fields=["offered_until"], name="bookings_booking_offers", condition=Q(state="offered")
            ),
            GinIndex(fields=["persons"], name="bookings_booking_persons"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.starts:%H:%M} {self.code}"


class Party(OfCalendar):
    """One of those who come along (当事人), in the register or not.

    The identity number passes through `number` into a keyed hash and is not kept; the key never leaves the database.
    """

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="parties")
    position = models.SmallIntegerField("序号")
    name = models.TextField("姓名")
    identifier_kind = models.TextField(
        "证件种类", choices=Identifier.Kind.choices, default=Identifier.Kind.CITIZEN
    )
    number = models.TextField("证件号码", default="")
    number_shown = models.TextField("证件号码（部分）", default="", editable=False)
    identifier_hash = models.TextField(default="", db_collation="C", editable=False)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="booking_parties"
    )
    purpose = models.TextField("用途", default="", editable=False)
    is_open = models.BooleanField("持有有效预约", default=False, editable=False)
    hopes_for = models.DateField("候补或抽签的日期", null=True, editable=False)

    class Meta:
        verbose_name = "预约当事人"
        constraints = [
            models.UniqueConstraint(fields=["booking", "position"], name="bookings_party_position_once"),
            models.CheckConstraint(
                name="bookings_party_position", condition=Q(position__gte=1, position__lte=4)
            ),
            models.UniqueConstraint(
                fields=["purpose", "identifier_hash"],
                name="bookings_party_one_open_booking",
                condition=Q(is_open=True),
            ),
            models.UniqueConstraint(
                fields=["calendar", "hopes_for", "identifier_hash"],
                name="bookings_party_one_hope_a_day",
                condition=Q(hopes_for__isnull=False),
            ),
            models.CheckConstraint(name="bookings_party_number_not_kept", condition=Q(number="")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["person"], name="bookings_party_person")]

    def __str__(self) -> str:
        return f"{self.booking_id}.{self.position}"


class Notice(OfCalendar):
    """A letter about a booking (预约告知): a reminder, an offer, a draw's outcome, a withdrawal; only ever added."""

    class Kind(models.TextChoices):
        REMINDER = "reminder", "预约提醒"
        OFFER = "offer", "候补名额通知"
        DRAWN = "drawn", "抽签结果通知"
        WITHDRAWN = "withdrawn", "预约取消通知"

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="notices")
    kind = models.TextField("种类", choices=Kind.choices)
    day = models.DateField("告知日期")
    text = models.TextField("正文")

    class Meta:
        verbose_name = "预约告知"
        constraints = [
            models.UniqueConstraint(fields=["booking", "kind", "day"], name="bookings_notice_once_a_day")
        ]
