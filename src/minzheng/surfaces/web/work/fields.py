"""Where each field of a person comes from, in words a clerk uses (数据来源)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.people.models import Identifier, Role, Sex
from minzheng.kernel.sources.queries import lines_of
from minzheng.surfaces.web.explaining import is_english, office_name

FIELDS: dict[str, Any] = {
    "name": gettext_lazy("姓名"),
    "sex": gettext_lazy("性别"),
    "birth_date": gettext_lazy("出生日期"),
    "ethnicity": gettext_lazy("民族"),
    "hukou": gettext_lazy("户籍"),
    "residence": gettext_lazy("居住地"),
    "household": gettext_lazy("家庭"),
    "deregistered_on": gettext_lazy("注销日期"),
    "death_date": gettext_lazy("死亡日期"),
    "account": gettext_lazy("收款账户"),
    "identifier": gettext_lazy("证件号码"),
}
SEXES: dict[int, Any] = {
    Sex.UNKNOWN: gettext_lazy("未知"),
    Sex.MALE: gettext_lazy("男"),
    Sex.FEMALE: gettext_lazy("女"),
}
ROLES: dict[int, Any] = {
    Role.HEAD: gettext_lazy("户主"),
    Role.SPOUSE: gettext_lazy("配偶"),
    Role.CHILD: gettext_lazy("子女"),
    Role.PARENT: gettext_lazy("父母"),
    Role.OTHER: gettext_lazy("其他"),
}
NUMBERS: dict[str, Any] = {
    Identifier.Kind.CITIZEN: gettext_lazy("居民身份证"),
    Identifier.Kind.DISABILITY: gettext_lazy("残疾人证"),
    Identifier.Kind.PASSPORT: gettext_lazy("护照"),
    Identifier.Kind.HK_MACAO: gettext_lazy("港澳居民居住证"),
    Identifier.Kind.TAIWAN: gettext_lazy("台湾居民居住证"),
    Identifier.Kind.FOREIGN: gettext_lazy("外国人永久居留身份证"),
    Identifier.Kind.OTHER: gettext_lazy("其他证件"),
}
EVENTS: dict[str, Any] = {
    "birth": gettext_lazy("出生"),
    "death": gettext_lazy("死亡"),
    "join": gettext_lazy("入户"),
    "leave": gettext_lazy("离户"),
    "move": gettext_lazy("迁居"),
    "hukou": gettext_lazy("户籍变动"),
    "deregister": gettext_lazy("注销"),
    "correction": gettext_lazy("更正"),
    "merge": gettext_lazy("档案合并"),
    "unmerge": gettext_lazy("撤销合并"),
}


def origins(provenance: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    """The fields with the office that said them last, when, and the row of the file; those of one row together."""
    order = list(FIELDS)
    # What is recorded is the staged row, which only those in whose scope it lies may read.
    lines = lines_of(int(said["row"]) for said in provenance.values() if str(said.get("row", "")).isdigit())
    together: dict[tuple[str, str, str], list[str]] = {}
    for name, said in sorted(
        provenance.items(), key=lambda item: order.index(item[0]) if item[0] in order else 99
    ):
        where = ""
        if said.get("file"):
            line = lines.get(int(said["row"])) if str(said.get("row", "")).isdigit() else None
            where = (
                _("%(file)s 第 %(row)s 行") % {"file": said["file"], "row": line} if line else said["file"]
            )
        key = (office_name(said["source"]), str(said["on"]), where)
        together.setdefault(key, []).append(str(FIELDS.get(name, name)))
    comma = ", " if is_english() else "、"
    return [
        {"labels": comma.join(labels), "office": office, "on": on, "where": where}
        for (office, on, where), labels in together.items()
    ]
