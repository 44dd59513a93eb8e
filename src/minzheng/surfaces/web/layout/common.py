"""What the pages of the layout plan share: tabs, places, the maps' points, how figures are said."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.models import AreaPoint, Plan
from minzheng.kernel.access import current_actor
from minzheng.kernel.places.models import Division
from minzheng.kernel.places.queries import scope
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.site_maps import SiteMap, SitePoint


def tabs(current: str) -> list[NavItem]:
    """The pages of the area as tabs."""
    pages = {"layout": _("床位缺口"), "layout_reach": _("步行可达"), "layout_plans": _("选址方案")}
    return [NavItem(label, reverse(name), name == current) for name, label in pages.items()]


def own_place() -> str:
    """The acting post's place: the city, a district or a street."""
    actor = current_actor()
    assert actor is not None
    return actor.division_code[:9]


def asked_place(request: HttpRequest) -> str:
    """The place of the address; the post's own by default.

    Raises:
        Http404: it lies outside the post's place.
    """
    actor, place = current_actor(), request.GET.get("place") or own_place()
    if actor is None or not place.isdigit() or (place != own_place() and not actor.reaches(place)):
        raise Http404("outside the post's place")
    return place


def districts() -> list[tuple[str, str]]:
    """(code, name) of the districts within the post's place; a street's post has none to choose."""
    if len(own_place()) > 6:
        return []
    low, high = scope(own_place())
    rows = Division.objects.filter(level=Division.Level.DISTRICT, code__gte=low, code__lt=high)
    return list(rows.order_by("code").values_list("code", "name"))


def street_points(within: str) -> dict[str, tuple[float, float]]:
    """(longitude, latitude) of the streets of a place."""
    low, high = scope(within)
    rows = AreaPoint.objects.filter(division_code__gte=low, division_code__lt=high).extra(
        where=["length(division_code) = 9"]
    )
    return {code: (x, y) for code, x, y in rows.values_list("division_code", "longitude", "latitude")}


def illustrative_note(within: str) -> str:
    """Says that points are illustrative, as long as one of the place's is."""
    low, high = scope(within)
    rows = AreaPoint.objects.filter(division_code__gte=low, division_code__lt=high, provenance="illustrative")
    return _("街镇和居村的位置为示意坐标，不是实测位置；距离因此只作方法演示。") if rows.exists() else ""


def plan_map(plan: Plan) -> SiteMap:
    """A plan's sites within its district: squares to be built, rings that stand."""
    points = [
        SitePoint(
            site.name, site.longitude, site.latitude, tone="standing" if site.is_standing else "new",
            text=_("就近老年人 %(n)s 人") % {"n": f"{site.elders:,.0f}"},
        )
        for site in plan.places.all()
    ]  # fmt: skip
    return SiteMap(
        f"map-plan-{plan.pk}",
        plan.title,
        points,
        plan.division_code,
        note=illustrative_note(plan.division_code),
    )


def model_word(model: str) -> str:
    return _("平均距离最短（p-中位）") if model == Model.P_MEDIAN else _("覆盖人数最多（最大覆盖）")


def objective_words(plan: Plan, value: float | None) -> str:
    """An objective or a bound in its unit."""
    if value is None:
        return "—"
    if plan.model == Model.P_MEDIAN:
        return _("%(n)s 人·米") % {"n": f"{value:,.0f}"}
    return _("%(n)s 人") % {"n": f"{value:,.0f}"}


def gap_words(plan: Plan) -> str:
    """The proved gap; zero is said as what it is."""
    if plan.gap is None:
        return "—"
    return _("0（已证最优）") if plan.gap == 0 else f"{plan.gap * 100:.3f}%"
