"""Synthetic officials for the demonstration, one for each role, with a password that everybody may know."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date

from minzheng.kernel.access.actions import AccessRefused, create_official, grant_post
from minzheng.kernel.access.models import Official, Post
from minzheng.kernel.access.permissions import role_name

PASSWORD = "Minzheng-2022"
START = date(2020, 1, 1)

# username, synthetic name, title, ((role, division), …)
_OFFICIALS = (
    ("juwei", "陆小敏", "长风新村街道居委会干部", (("neighbourhood_worker", "310107014"),)),
    ("jiedao", "沈国华", "长风新村街道社区事务受理员", (("street_officer", "310107014"),)),
    ("chuangkou", "丁晓燕", "长风新村街道受理中心窗口", (("centre_clerk", "310107014"),)),
    ("xuhuichuang", "潘丽娜", "徐家汇街道受理中心窗口", (("centre_clerk", "310104014"),)),
    ("zhuren", "叶建民", "长风新村街道受理中心主任", (("centre_manager", "310107014"),)),
    ("chongming", "施海峰", "城桥镇社会救助经办", (("street_officer", "310151101"),)),
    ("chongmingfu", "倪永康", "城桥镇社会救助复核", (("street_officer", "310151101"),)),
    ("chongmingqu", "龚秀芳", "崇明区民政局审核科科员", (("district_reviewer", "310151"),)),
    ("hukouban", "计文杰", "公安人口管理经办", (("department_officer", "310000"),)),
    ("quji", "顾雅琴", "普陀区民政局审核科科员", (("district_reviewer", "310107"),)),
    ("caiwu", "严文彬", "普陀区民政局财务经办", (("finance_preparer", "310107"), ("statistician", "310107"))),
    ("shenpi", "钱立群", "普陀区民政局财务负责人", (("finance_approver", "310107"),)),
    ("shizheng", "周明远", "市民政局社会救助处", (("city_policy_officer", "310000"),)),
    ("shizhengfu", "陶静文", "市民政局社会救助处复核", (("city_policy_officer", "310000"),)),
    ("shicaiwu", "吴静怡", "市民政局财务经办", (("finance_preparer", "310000"),)),
    ("shishenpi", "郑海涛", "市民政局财务负责人", (("finance_approver", "310000"),)),
    ("tongji", "何晓岚", "市民政局统计员", (("statistician", "310000"),)),
    ("shenji", "冯启东", "市民政局内审", (("auditor", "310000"),)),
    ("xuhui", "俞佳慧", "徐汇区民政局审核科科员", (("district_reviewer", "310104"),)),
    ("hunyin", "许文静", "普陀区婚姻登记员", (("marriage_registrar", "310107"),)),
    ("hunyinxu", "邵卫东", "徐汇区婚姻登记员", (("marriage_registrar", "310104"),)),
    ("hunyinzhang", "殷红梅", "普陀区婚姻登记处主任", (("marriage_office_head", "310107"),)),
    ("shewai", "洪伟民", "市涉外婚姻登记员", (("marriage_registrar", "310000"),)),
    ("yuanzhang", "包秀英", "养老院院长", (("facility_manager", "310107"),)),
    ("pinggu", "屠建国", "照护需求评估员（甲）", (("care_assessor", "310107"),)),
    ("pinggufu", "柳月华", "照护需求评估员（乙）", (("care_assessor", "310107"),)),
    ("jiancha", "石坚", "普陀区民政执法检查", (("inspector", "310107"),)),
    ("jianchafu", "纪明", "普陀区消防检查", (("inspector", "310107"),)),
    ("sysadmin", "蒋一鸣", "系统管理员", (("system_admin", "310000"),)),
    ("secadmin", "宋安", "安全管理员", (("security_admin", "310000"),)),
    ("auditadmin", "唐正", "审计管理员", (("audit_admin", "310000"),)),
)
# Whoever works for another department covers that department's items alone.
_DOMAINS = {"hukouban": ("public_security",)}


@dataclass(frozen=True)
class DemoOfficial:
    """One demonstration account, as the start page and the command print it."""

    username: str
    password: str
    name: str
    title: str
    posts: tuple[tuple[str, str], ...]

    @property
    def roles(self) -> str:
        return "、".join(f"{role_name(role)} {place}" for role, place in self.posts)


def listed_officials() -> list[DemoOfficial]:
    """The demonstration's officials as they are listed, without looking into the database."""
    return [
        DemoOfficial(username, PASSWORD, name, title, posts) for username, name, title, posts in _OFFICIALS
    ]


def create_demo_officials() -> list[DemoOfficial]:
    """Opens the demonstration accounts that do not exist yet, and lists all of them (演示账户).

    Run it as a service: `with acting_as_service("demo"): create_demo_officials()`.

    Raises:
        AccessRefused: the installation is not marked as a demonstration by MINZHENG_DEMO=1; the password is public.
    """
    if os.environ.get("MINZHENG_DEMO") != "1":
        raise AccessRefused(
            "演示账户的密码是公开的：仅在 MINZHENG_DEMO=1 时创建。"
            "Demonstration accounts have a public password; they are made with MINZHENG_DEMO=1 only."
        )
    listed = []
    for username, name, title, posts in _OFFICIALS:
        official = Official.objects.filter(user__username=username).first()
        if official is None:
            official = create_official(username=username, password=PASSWORD, name=name, title=title)
        held = set(Post.objects.filter(official=official).values_list("role", "division_code"))
        for role, place in posts:
            if (role, place) not in held:
                grant_post(
                    official=official,
                    role=role,
                    division_code=place,
                    domains=_DOMAINS.get(username, ("*",)),
                    start=START,
                )
        listed.append(DemoOfficial(username, PASSWORD, name, title, posts))
    return listed
