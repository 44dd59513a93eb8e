"""What the staff's pages of a centre share: the centre within the post's place, and the tabs."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.centres.models import Centre
from minzheng.kernel.centres.queries import centres_in_force
from minzheng.kernel.places.queries import scope
from minzheng.kernel.ui.frame import NavItem
from minzheng.surfaces.web.work.day import working_day


def centres_of_post() -> QuerySet[Centre]:
    """The centres within the acting post's place, by code."""
    actor = current_actor()
    if actor is None:
        return Centre.objects.none()
    low, high = scope(actor.division_code)
    return centres_in_force(working_day()).filter(division_code__gte=low, division_code__lt=high)


def own_centre(pk: int, permission: str) -> Centre:
    """The centre, where the acting post may do this; else the page does not exist for it.

    Raises:
        Http404, NotPermitted.
    """
    require(permission)
    found = centres_of_post().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def tabs(request: HttpRequest, centre: Centre) -> list[NavItem]:
    """The pages of one centre that the acting post may open."""
    pages = [
        ("centre_counter", _("窗口"), "centres.serve"),
        ("centre_kiosk", _("取号机"), "centres.serve"),
        ("centre_appointments", _("预约名单"), "centres.serve"),
        ("centre_manage", _("管理"), "centres.look"),
        ("centre_display", _("大屏"), None),
    ]
    found = []
    for name, label, needs in pages:
        if needs is None or may(needs):
            href = reverse(name, args=[centre.pk])
            found.append(NavItem(label, href, request.path == href))
    return found
