"""What every page knows: who acts, for which place, what the menu offers."""

from __future__ import annotations

import os
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.kernel.access.actor import RESIDENT, Actor
from minzheng.kernel.access.permissions import may
from minzheng.kernel.people.models import Person
from minzheng.kernel.places.queries import names
from minzheng.kernel.ui.frame import Frame, NavItem, PostChoice
from minzheng.surfaces.web.portal.reading import wants_large_text
from minzheng.surfaces.web.work.words import role_word

# Entry of the workbench's menu → the permission that shows it.
WORK = (
    ("work_home", gettext_noop("首页"), None),
    ("counter", gettext_noop("窗口"), "cases.help"),
    ("case_queue", gettext_noop("办件"), "cases.look"),
    ("work_centres", gettext_noop("受理中心"), "centres.look"),
    ("eldercare_work", gettext_noop("养老服务"), "facilities.look"),
    ("assessments", gettext_noop("需求评估"), "assessments.assess"),
    ("city", gettext_noop("办件统计"), "statistics.look"),
    ("figures", gettext_noop("统计指标"), "statistics.look"),
    ("summary", gettext_noop("年度总结"), "statistics.look"),
    ("work_leads", gettext_noop("线索"), "outreach.look"),
    ("work_people", gettext_noop("人员"), "people.search"),
    ("marriage_desk", gettext_noop("婚姻登记"), "marriage.look"),
    ("work_months", gettext_noop("月结"), "monthend.look"),
    ("work_payments", gettext_noop("发放"), "payments.look"),
    ("supervision", gettext_noop("监督检查"), "inspections.look"),
    ("work_feeds", gettext_noop("数据接收"), "sources.look"),
    ("work_law", gettext_noop("政策参数"), "law.look"),
    ("reforms", gettext_noop("政策试算"), "reforms.look"),
    ("targets", gettext_noop("实事项目"), "targets.look"),
    ("work_audit", gettext_noop("操作记录"), "audit.look"),
)
# What anybody may open, and what a resident who signed in has beside it.
OPEN = (
    ("services", gettext_noop("全部事项")),
    ("check", gettext_noop("我能得到什么")),
    ("centres", gettext_noop("受理中心")),
    ("eldercare", gettext_noop("养老服务")),
    ("marriage_booking", gettext_noop("婚姻登记预约")),
    ("letters_check", gettext_noop("查验文书")),
)
MINE = (
    ("services", gettext_noop("找事项")),
    ("portal_cases", gettext_noop("我的办件")),
    ("appointments_mine", gettext_noop("我的预约")),
    ("my_home", gettext_noop("我的待遇")),
    ("my_care", gettext_noop("养老照护")),
    ("my_payments", gettext_noop("我的发放")),
    ("portal_trust", gettext_noop("授权与委托")),
    ("my_looks", gettext_noop("谁看过我的档案")),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """The frame around the page, for `ui/base.html`."""
    actor: Actor | None = getattr(request, "actor", None)
    large = wants_large_text(request)
    common: dict[str, Any] = {
        "language_url": reverse("language"),
        "is_synthetic": os.environ.get("MINZHENG_DEMO") == "1",
        "notice": _("演示数据均为合成，与任何真实个人无关。")
        if os.environ.get("MINZHENG_DEMO") == "1"
        else "",
    }
    if actor is None:
        signed_in = request.user.is_authenticated if hasattr(request, "user") else False
        door: dict[str, Any] = (
            {"logout_url": reverse("logout")} if signed_in else {"login_url": reverse("login")}
        )
        nav = [_entry(request, name, label) for name, label in OPEN]
        return {"frame": Frame(home_url="/", nav=nav, **door, **common), "large_text": large}
    if actor.kind == RESIDENT:
        return {
            "frame": Frame(
                audience="resident",
                home_url=reverse("front" if large else "my_home"),
                nav=[_entry(request, name, label) for name, label in MINE],
                person_label=Person.objects.filter(pk=actor.person_id or 0)
                .values_list("name", flat=True)
                .first()
                or "",
                logout_url=reverse("logout"),
                **common,
            ),
            "large_text": large,
        }
    return {
        "frame": Frame(
            audience="staff",
            home_url=reverse("work_home"),
            section=_("工作台"),
            nav=[_entry(request, name, label) for name, label, needs in WORK if needs is None or may(needs)],
            posts=_posts(request, actor),
            switch_post_url=reverse("choose_post"),
            person_label=actor.label,
            logout_url=reverse("logout"),
            search_url=reverse("work_people") if may("people.search") else "",
            search_label=_("姓名、拼音或证件号后四位"),
            **common,
        )
    }


def _entry(request: HttpRequest, name: str, label: str) -> NavItem:
    href = reverse(name)
    home = name.endswith("_home")
    return NavItem(_(label), href, request.path == href if home else request.path.startswith(href))


def _posts(request: HttpRequest, actor: Actor) -> list[PostChoice]:
    posts = getattr(request, "posts", [])
    found = names({post.division_code for post in posts})
    return [
        PostChoice(
            post.pk,
            role_word(post.role),
            found.get(post.division_code, post.division_code),
            post.pk == actor.post_id,
        )
        for post in posts
    ]
