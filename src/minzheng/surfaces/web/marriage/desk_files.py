"""Photographs and signatures given back, always as a download."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.domains.marriage_registration.attachment_models import Attachment
from minzheng.kernel.access import require
from minzheng.kernel.cases.uploads import download_of
from minzheng.surfaces.web.marriage.desk_pages import look_at_parties


@require_safe
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """One picture of an act; both parties can see who took it out."""
    require("marriage.look")
    row = Attachment.objects.select_related("upload", "registration", "application").filter(pk=pk).first()
    if row is None or row.upload is None:
        raise Http404
    look_at_parties(row.registration or row.application, _("婚姻登记照片与签名"))
    given = download_of(row.upload)
    return FileResponse(
        given.path.open("rb"), as_attachment=True, filename=given.name, content_type=given.content_type
    )
