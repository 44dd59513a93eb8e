"""The demonstration's layout plan: elders reckoned, illustrative points, two plans of one district to set beside each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from minzheng.domains.eldercare_layout.actions import save_plan, solve_plan
from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.models import AreaElders, Plan
from minzheng.domains.eldercare_layout.needs import reckon_elders
from minzheng.domains.eldercare_layout.points import place_points
from minzheng.kernel.access import acting
from minzheng.kernel.access.models import Post

DISTRICT, OFFICER, SITES = "310107", "shizheng", 3
PLANS = {Model.P_MEDIAN: "普陀区再建3处：平均距离最短", Model.COVERAGE: "普陀区再建3处：覆盖人数最多"}


def prepare_layout(*, on: date, watch: Callable[[str, str], None]) -> int:
    """Reckons elders, places points and solves the two plans that are not there yet; call it outside of any acting block.

    Returns the number of plans.
    """
    post = Post.objects.get(official__user__username=OFFICER, role="city_policy_officer")
    with acting(post):
        if not AreaElders.objects.exists():
            reckon_elders(on=on)
        place_points(on=on)
        known = set(Plan.objects.values_list("title", flat=True))
        made = [
            save_plan(
                title=title, district=DISTRICT, model=model, sites=SITES, year=on.year, on=on, seconds=20
            )
            for model, title in PLANS.items()
            if title not in known
        ]
    for plan in made:
        solve_plan(plan.pk)
    watch("设施布局", f"{len(PLANS)} 个选址方案")
    return len(PLANS)
