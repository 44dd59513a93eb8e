"""Papers about nobody, as full as they get in practice."""

from __future__ import annotations

from datetime import date

from minzheng.kernel.documents import (
    Amount,
    Certificate,
    Condition,
    Document,
    Heading,
    Letter,
    Objection,
    OfficialDocument,
    Paper,
    Receipt,
)

OBJECTIONS = (
    Objection(way="要求复核", where="示例区民政局社会救助科", within="收到本决定书之日起30日内"),
    Objection(
        way="申请行政复议",
        where="示例区人民政府",
        within="收到本决定书之日起60日内",
        article="《中华人民共和国行政复议法》第九条",
    ),
)

LETTER = Letter(
    office="示例区民政局",
    number="示民救〔2022〕12号",
    title="最低生活保障审核确认决定书",
    addressee="王建国",
    date=date(2022, 7, 5),
    opening=("您于2022年6月6日申请本市城乡居民最低生活保障。", "下面逐条写明我们依据的事实和规定。"),
    conditions=(
        Condition(
            label="家庭月人均收入低于最低生活保障标准",
            met=True,
            value="每人每月860.00元",
            threshold="1,420.00元",
            article="沪民规〔2022〕8号",
            provenance="public",
        ),
        Condition(
            label="货币财产不超过规定限额",
            met=False,
            value="62,000.00元",
            threshold="50,000.00元",
            article="《示例认定标准》第九条",
            provenance="illustrative",
        ),
        Condition(label="没有非居住类房屋", met=None, value="核对中", article="《示例认定标准》第十一条"),
    ),
    amounts=(
        Amount(label="王建国", value=56_000),
        Amount(label="李秀英", value=56_001),
        Amount(label="每月合计", value=112_001, is_total=True),
    ),
    closing=("保障金按月发到您的社会保障卡。",),
    objections=OBJECTIONS,
    attachments=("家庭经济状况核对报告", "收入计算表"),
    disclosure="此件主动公开",
    copies=("示例街道办事处",),
    contact="021-6000 0000",
    code="7K3M-Q2WX-8PRT",
    check_at="任一社区事务受理服务中心",
    illustrative=("货币财产限额50,000元",),
    is_synthetic=True,
)

OFFICIAL = OfficialDocument(
    office="示例区民政局",
    number="示民救〔2022〕12号",
    title="示例区民政局关于做好夏季走访工作的通知",
    addressee="各街道办事处",
    date=date(2022, 7, 5),
    body=(
        "现就有关事项通知如下：",
        Heading(text="一、加强主动发现"),
        "各街道应当依托居（村）民委员会逐户走访。",
        Heading(text="（一）明确走访对象", level=2),
        "走访对象包括最近一年内退出保障的家庭。",
    ),
    attachments=("走访对象名单", "走访记录表"),
    disclosure="此件主动公开",
    copies=("示例市民政局", "示例区财政局"),
    printed_by="示例区民政局办公室",
    printed_on=date(2022, 7, 6),
    code="7K3M-Q2WX-8PRT",
    check_at="示例区民政局",
    illustrative=("走访期限",),
    is_synthetic=True,
)

RECEIPT = Receipt(
    kind="correction",
    office="示例街道社区事务受理服务中心",
    number="示补〔2022〕307号",
    item="城乡居民最低生活保障申请",
    applicant="王建国",
    handled_by="3号窗口",
    date=date(2022, 6, 6),
    received_on=date(2022, 6, 6),
    due_on=date(2022, 6, 20),
    due_basis="补正期间不计入办理期限",
    papers=(
        Paper(name="居民身份证", count=2, note="原件当场退还"),
        Paper(name="户口簿", state="fetched", note="人口登记"),
        Paper(name="核对授权书", state="missing", count=1, note="缺李秀英签名"),
    ),
    notes=("以上是全部需要补正的材料。",),
    ask_at=("示例路1号3号窗口", "电话021-6000 0000"),
    objections=OBJECTIONS,
    code="7K3M-Q2WX-8PRT",
    check_at="任一受理中心",
    illustrative=("补正期限14日",),
    is_synthetic=True,
)

CERTIFICATE = Certificate(
    office="示例区民政局",
    title="最低生活保障证明",
    holder="王建国",
    number="示民证〔2022〕0086号",
    date=date(2022, 7, 5),
    statement="兹证明持有人自2022年7月起享受本市城乡居民最低生活保障待遇。",
    rows=(("证件号码", "310104********001X"), ("保障人数", "2人")),
    basis="《示例条例》第十七条",
    valid_from=date(2022, 7, 1),
    valid_until=date(2022, 12, 31),
    code="7K3M-Q2WX-8PRT",
    check_at="任一受理中心",
    illustrative=("有效期六个月",),
    is_synthetic=True,
)

FULL: dict[str, Document] = {
    "letter": LETTER,
    "official": OFFICIAL,
    "receipt": RECEIPT,
    "certificate": CERTIFICATE,
}

DAY = date(2022, 7, 5)
BARE: dict[str, Document] = {
    "letter": Letter(office="甲局", title="通知", addressee="王某", date=DAY),
    "official": OfficialDocument(office="甲局", number="", title="通知", addressee="各处", date=DAY),
    "receipt": Receipt(kind="acceptance", office="甲局", item="某事项", applicant="王某", date=DAY),
    "certificate": Certificate(office="甲局", title="证明", holder="王某", date=DAY),
}
