"""The figures of the kernel's own records: people, casework, centres, service items, places, payments of every programme together.

`PARTS` gives them by the block they belong to; it stands for the domain where a post's domains are asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

from minzheng.kernel.indicators import population
from minzheng.kernel.indicators.model import (
    Dimension,
    Entry,
    Identity,
    Indicator,
    Kind,
    Listing,
    Measure,
    Ratio,
)
from minzheng.kernel.items import items_on
from minzheng.kernel.items.model import Channel, Item
from minzheng.kernel.programmes import all_benefits

_COUNTED = """
    SELECT case_id AS id, {day} AS on_day, {division} AS division_code, item, channel
    FROM cases_counted WHERE {day} BETWEEN %(first)s AND %(last)s{condition}
"""
_ITEM = Dimension("item", "事项", "Item")
_CHANNEL = Dimension(
    "channel",
    "渠道",
    "Channel",
    (
        ("counter", "窗口", "Counter"),
        ("online", "网上", "Online"),
        ("phone", "电话帮办", "By phone"),
        ("home", "上门代办", "At home"),
        ("automatic", "免申即享", "Without application"),
    ),
)
_HANDLING = "《全国一体化政务服务平台》办件统计口径：按受理地、办结地分别计"


def _cases(
    code: str, name: str, name_en: str, *, day: str, division: str, condition: str = "", seed_id: str = ""
) -> Indicator:
    return Indicator(
        id=code, name=name, name_en=name_en, unit="cases", kind=Kind.FLOW,
        rows=_COUNTED.format(day=day, division=division, condition=condition), source=_HANDLING,
        tables=("cases_counted",), dimensions=(_ITEM, _CHANNEL), seed_id=seed_id, opens="case", names_people=True,
    )  # fmt: skip


_DECIDED = " AND state IN ('granted', 'refused')"
_CASES = (
    _cases("cases.accepted", "受理办件", "Cases accepted", day="accepted_on", division="accepting_division",
           seed_id="service_centre.cases"),
    _cases("cases.decided", "办结办件", "Cases decided", day="ended_on", division="deciding_division", condition=_DECIDED),
    _cases("cases.granted", "准予办件", "Cases granted", day="ended_on", division="deciding_division",
           condition=" AND state = 'granted'"),
    _cases("cases.refused", "不予办件", "Cases refused", day="ended_on", division="deciding_division",
           condition=" AND state = 'refused'"),
    _cases("cases.in_time", "按期办结办件", "Cases decided in time", day="ended_on", division="deciding_division",
           condition=_DECIDED + " AND NOT is_late"),
    _cases("cases.crossed", "跨区办理办件", "Cases across districts", day="accepted_on", division="accepting_division",
           condition=" AND is_crossed"),
)  # fmt: skip
_CASE_RATIOS = (
    Ratio(
        "cases.in_time_rate",
        "按期办结率",
        "Decided in time",
        "cases.in_time",
        "cases.decided",
        source=_HANDLING,
    ),
    Ratio(
        "cases.crossed_rate",
        "跨区办理率",
        "Across districts",
        "cases.crossed",
        "cases.accepted",
        source=_HANDLING,
    ),
)
_CASE_IDENTITIES = (
    Identity(
        "办结 = 准予 + 不予",
        "Decided = granted + refused",
        ("cases.decided",),
        ("cases.granted", "cases.refused"),
    ),
    Identity(
        "按期办结 ≤ 办结",
        "Decided in time ≤ decided",
        ("cases.in_time",),
        ("cases.decided",),
        relation="<=",
    ),
)

_CENTRES = (
    Indicator(
        id="centres.total",
        name="社区事务受理服务中心（含分中心）",
        name_en="Community service centres with branches",
        unit="facilities",
        kind=Kind.STOCK,
        rows="SELECT id, %(on)s::date AS on_day, division_code, kind FROM centres_centre WHERE during @> %(on)s::date",
        source="受理中心名册",
        tables=("centres_centre",),
        dimensions=(
            Dimension("kind", "类型", "Kind", (("main", "中心", "Centre"), ("branch", "分中心", "Branch"))),
        ),
        seed_id="service_centre.total",
        opens="centre",
    ),
)


def _entries(*, citywide: bool = False, unasked: bool = False) -> Callable[[date], list[Entry]]:
    def entries(on: date) -> list[Entry]:
        chosen: list[Item] = [
            item
            for item in items_on(on)
            if (item.is_citywide or not citywide) and (Channel.AUTOMATIC in item.channels or not unasked)
        ]
        return [Entry(item.name, "；".join(basis.text for basis in item.basis)) for item in chosen]

    return entries


def _exemptions(on: date) -> list[Entry]:
    """The kinds of paper that nobody has to hand in (两个免于提交), each as long as some item in force declares one."""
    papers = [paper for item in items_on(on) for paper in item.materials if paper.source]
    kinds = {
        "本市政府部门核发的材料": any(one.issuer and not one.source.startswith("licence.") for one in papers),
        "能够提供电子证照的材料": any(one.source.startswith("licence.") for one in papers),
    }
    return [Entry(kind, _DECISION) for kind, is_declared in kinds.items() if is_declared]


_DECISION = "上海市人大常委会关于进一步促进和保障“一网通办”改革的决定（2021）第四项、第七项"

# The catalogue holds what was in force from this day; what an item was before it, nobody entered.
_KEPT = date(2022, 1, 1)
_CATALOGUE = "事项目录：按施行之日计，自2022年1月1日起完整"
_ITEMS = (
    Listing("items.total", "受理中心事项", "Items at the service centres", "items", _entries(), _CATALOGUE,
            seed_id="service_centre.items", kept_from=_KEPT),
    Listing("items.citywide", "全市通办事项", "Items any centre takes", "items", _entries(citywide=True), _CATALOGUE,
            seed_id="service_centre.citywide_items", kept_from=_KEPT),
    Listing("items.unasked", "免申即享事项", "Items granted without application", "items", _entries(unasked=True), _CATALOGUE,
            seed_id="egov.no_application_items", kept_from=_KEPT),
    Listing("items.exemptions", "免于提交的材料类别", "Kinds of paper that need not be handed in", "kinds_of_material", _exemptions,
            _CATALOGUE, seed_id="service_centre.submission_exemptions", kept_from=_KEPT),
)  # fmt: skip


_UNITS_OF_STREET_LEVEL = ("street", "town", "township")
_UNDER_TOWNS = ", ".join(f"'{kind}'" for kind in _UNITS_OF_STREET_LEVEL)
_COMMITTEES = (
    "level = 'committee' AND {no}EXISTS (SELECT 1 FROM places_division up WHERE up.code = places_division.parent_id"
    f" AND up.kind IN ({_UNDER_TOWNS}))"
)


def _places(
    code: str, name: str, name_en: str, unit: str, condition: str, seed_id: str = "", source: str = ""
) -> Indicator:
    return Indicator(
        id=code, name=name, name_en=name_en, unit=unit, kind=Kind.STOCK,
        rows=f"SELECT code::bigint AS id, %(on)s::date AS on_day, code AS division_code FROM places_division"
        f" WHERE {condition} AND during @> %(on)s::date",
        source=source or "行政区划代码", tables=("places_division",), seed_id=seed_id,
    )  # fmt: skip


_PLACES = (
    _places("admin.streets", "街道", "Streets", "streets", "level = 'street' AND kind = 'street'", "admin.streets"),
    _places("admin.towns", "镇", "Towns", "towns", "level = 'street' AND kind = 'town'", "admin.towns"),
    _places("admin.townships", "乡", "Townships", "townships", "level = 'street' AND kind = 'township'", "admin.townships"),
    # The source counts 6,496; 101 of them belong to development zones and the like, which are no street, town or township.
    _places("admin.committees", "居（村）民委员会", "Residents' and village committees", "committees", _COMMITTEES.format(no=""),
            "admin.committees",
            "统计用区划代码（截至2022年10月31日）：街道、镇、乡所辖居（村）委会；开发区、工业区等特殊单位所辖另列。年末数以民政名册为准"),
    _places("admin.committees_special", "特殊单位所辖居（村）民委员会", "Committees of development zones and other special units",
            "committees", _COMMITTEES.format(no="NOT "),
            source="统计用区划代码（截至2022年10月31日）：开发区、工业区等街道级特殊单位所辖居（村）委会"),
)  # fmt: skip

_DUE = """
    SELECT id, accounting_month AS on_day, division_code, programme, amount_fen AS amount FROM payments_order
    WHERE state NOT IN ('cancelled', 'returned', 'reissued') AND accounting_month BETWEEN %(first)s AND %(last)s
"""
_PAID = """
    SELECT o.id, t.on AS on_day, o.division_code, o.programme, o.amount_fen AS amount
    FROM payments_transfer t JOIN payments_order o ON o.id = t.order_id
    WHERE t.kind = 'settle' AND o.state = 'paid' AND t.on BETWEEN %(first)s AND %(last)s
"""
# The same money three times, each from rows of its own: an order without its entry, an entry without its order and a batch that lost
# an order all stay in one of these, so that what is gone is missed in another.
_BY_ORDERS = """
    SELECT o.id, coalesce(t.on, b.settled_on, o.accounting_month) AS on_day, o.division_code, o.programme, o.amount_fen AS amount
    FROM payments_order o LEFT JOIN payments_batch b ON b.id = o.batch_id
    LEFT JOIN payments_transfer t ON t.order_id = o.id AND t.kind = 'settle'
    WHERE o.state = 'paid' AND coalesce(t.on, b.settled_on, o.accounting_month) BETWEEN %(first)s AND %(last)s
"""
_BY_LEDGER = """
    SELECT t.id, t.on AS on_day, t.division_code, t.programme, t.amount_fen AS amount
    FROM payments_transfer t LEFT JOIN payments_order o ON o.id = t.order_id
    WHERE t.kind = 'settle' AND (o.id IS NULL OR o.state NOT IN ('returned', 'reissued', 'cancelled'))
      AND t.on BETWEEN %(first)s AND %(last)s
"""
_BATCHED = """
    SELECT id, accounting_month AS on_day, division_code, programme, total_fen AS amount FROM payments_batch
    WHERE state <> 'withdrawn' AND accounting_month BETWEEN %(first)s AND %(last)s
"""
_IN_BATCHES = """
    SELECT o.id, b.accounting_month AS on_day, b.division_code, b.programme, o.amount_fen AS amount
    FROM payments_order o JOIN payments_batch b ON b.id = o.batch_id
    WHERE b.state <> 'withdrawn' AND b.accounting_month BETWEEN %(first)s AND %(last)s
"""
_PROGRAMME = Dimension("programme", "项目", "Programme")


def _control(code: str, name: str, name_en: str, rows: str, source: str, *tables: str) -> Indicator:
    """A sum that stands only to be held against another."""
    return Indicator(
        f"payments.{code}",
        name,
        name_en,
        "fen",
        Kind.FLOW,
        rows,
        source,
        tables,
        measure=Measure.SUM,
        names_people=True,
    )


_PAYMENTS = (
    Indicator("payments.due", "各项目应发金额", "Due, all programmes", "fen", Kind.FLOW, _DUE, "支付指令", ("payments_order",),
              (_PROGRAMME,), Measure.SUM, opens="work_order", names_people=True),
    Indicator("payments.paid", "各项目已发金额", "Paid, all programmes", "fen", Kind.FLOW, _PAID, "总账",
              ("payments_transfer", "payments_order"), (_PROGRAMME,), Measure.SUM, opens="work_order", names_people=True),
    _control("paid_by_orders", "支付指令记为到账金额", "Settled by orders", _BY_ORDERS, "支付指令",
             "payments_order", "payments_batch", "payments_transfer"),
    _control("paid_by_ledger", "总账记为到账金额", "Settled by the ledger", _BY_LEDGER, "总账", "payments_transfer", "payments_order"),
    _control("batched", "批次复核金额", "Approved in batches", _BATCHED, "发放批次", "payments_batch"),
    _control("in_batches", "批次内支付指令金额", "Orders in batches", _IN_BATCHES, "支付指令", "payments_order", "payments_batch"),
)  # fmt: skip


def _sums_of_benefits() -> tuple[Identity, ...]:
    codes = [benefit.code for _programme, benefit in all_benefits()]
    return (
        Identity("各项目应发 = 各项待遇应发之和", "Due, all programmes = sum of the benefits", ("payments.due",),
                 tuple(f"{code}.due" for code in codes)),
        Identity("各项目已发 = 各项待遇已发之和", "Paid, all programmes = sum of the benefits", ("payments.paid",),
                 tuple(f"{code}.paid" for code in codes)),
        Identity("支付指令记为到账 = 总账记为到账", "Settled by orders = settled by the ledger",
                 ("payments.paid_by_orders",), ("payments.paid_by_ledger",)),
        Identity("批次复核金额 = 批次内支付指令之和", "Approved in batches = orders in them",
                 ("payments.batched",), ("payments.in_batches",)),
    )  # fmt: skip


PARTS = {
    "payments": SimpleNamespace(INDICATORS=_PAYMENTS, IDENTITIES=_sums_of_benefits()),
    "cases": SimpleNamespace(INDICATORS=_CASES, RATIOS=_CASE_RATIOS, IDENTITIES=_CASE_IDENTITIES),
    "centres": SimpleNamespace(INDICATORS=_CENTRES, LISTINGS=_ITEMS),
    "places": SimpleNamespace(INDICATORS=_PLACES),
    "people": SimpleNamespace(INDICATORS=population.INDICATORS),
}
