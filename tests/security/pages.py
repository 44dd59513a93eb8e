"""Small pages for the tests of requests: they show what a view sees, fail midway, stream, or ask too often."""

from __future__ import annotations

from django.db import connection
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from minzheng.kernel.access import current_actor, require
from minzheng.kernel.access.limits import limit
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.audit import look
from minzheng.surfaces.web import auth, context, landing


def whoami(request):
    actor = current_actor()
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_low(), access_person(), access_role()")
        low, person, role = cursor.fetchone()
    return JsonResponse({"low": low, "person": person, "role": role, "label": actor and actor.label})


@open_to_all
def open_page(request):
    return whoami(request)


def look_and(request, what):
    look(5, purpose="测试")
    if what == "raise":
        raise ZeroDivisionError
    if what == "503":
        return HttpResponse(status=503)
    if what == "404":
        raise Http404
    if what == "refuse":
        require("audit.verify")
    if what == "stream":
        return StreamingHttpResponse(iter([b"a"]))
    return HttpResponse("done")


def search(request):
    limit(f"search:{request.actor.post_id}", 3)
    return HttpResponse("found")


urlpatterns = [
    path("", whoami),
    path("open/", open_page),
    path("look/<what>/", look_and),
    path("search/", search),
    *auth.urlpatterns,
    path("language/", landing.language, name="language"),
    # Where the frame around a page links to.
    *(path(f"{name}/", whoami, name=name) for name, *_ in (*context.WORK, *context.OPEN, *context.MINE)),
]
