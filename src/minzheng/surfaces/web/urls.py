"""Addresses: the door, sign-in, the staff workbench under /work/, a resident's own pages under /my/."""

from django.urls import include, path

from minzheng.surfaces.web import auth, landing, oidc
from minzheng.surfaces.web.targets import publication

urlpatterns = [
    path("", landing.front, name="front"),
    path("language/", landing.language, name="language"),
    path("healthz", landing.alive, name="alive"),
    path("", include(auth.urlpatterns)),
    path("identity/", include(oidc.urlpatterns)),
    path("work/", include("minzheng.surfaces.web.work.urls")),
    path("my/", include("minzheng.surfaces.web.resident.urls")),
    path("", include("minzheng.surfaces.web.portal.urls")),
    path("work/", include("minzheng.surfaces.web.casework.urls")),
    path("", include("minzheng.surfaces.web.centres.urls")),
    path("work/city/", include("minzheng.surfaces.web.city.urls")),
    path("work/reforms/", include("minzheng.surfaces.web.reforms.urls")),
    path("work/linkage/", include("minzheng.surfaces.web.linkage.urls")),
    path("", include("minzheng.surfaces.web.marriage.urls")),
    path("", include("minzheng.surfaces.web.eldercare.urls")),
    path("", include("minzheng.surfaces.web.beds.urls")),
    path("work/supervision/", include("minzheng.surfaces.web.supervision.urls")),
    path("supervision/", include("minzheng.surfaces.web.supervision.public_urls")),
    path("work/layout/", include("minzheng.surfaces.web.layout.urls")),
    path("promises/<int:year>/", publication.public, name="targets_public"),
    path("work/targets/", include("minzheng.surfaces.web.targets.urls")),
    path("work/figures/", include("minzheng.surfaces.web.figures.urls")),
    path("work/summary/", include("minzheng.surfaces.web.summary.urls")),
    path("api/v1/", include("minzheng.surfaces.api.urls")),
]
handler403 = "minzheng.surfaces.web.landing.refused"
handler404 = "minzheng.surfaces.web.landing.not_found"
handler500 = "minzheng.surfaces.web.landing.failed"
