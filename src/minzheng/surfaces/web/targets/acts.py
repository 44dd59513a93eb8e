"""What is done on a target's page: report, accept or return, close, give a paper back."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import current_actor, require
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.cases.uploads import download_of, keep_upload
from minzheng.kernel.targets.actions import accept, close_target, report_paper, report_record, send_back
from minzheng.kernel.targets.models import Evidence
from minzheng.surfaces.web.targets.target import PICKED, PaperForm, RecordForm, asked_target, show
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day

MOST_AT_ONCE = 200


@require_POST
def report(request: HttpRequest, number: int) -> HttpResponse:
    """Reports a record, or a paper with its file."""
    target, day, actor = asked_target(number), working_day(), current_actor()
    require("targets.report")
    assert actor is not None
    record_form, paper_form = RecordForm(prefix="record"), PaperForm(prefix="paper")
    if request.POST.get("what") == "paper":
        paper_form = PaperForm(request.POST, request.FILES, prefix="paper")
        if not paper_form.is_valid():
            return show(request, target, record_form, paper_form)
        told = paper_form.cleaned_data

        def act() -> Evidence:
            kept = keep_upload(content=told["file"].read(), name=told["file"].name, on=day)
            return report_paper(
                target=target, division_code=actor.division_code, title=told["title"], amount=told["amount"],
                happened_on=told["happened_on"], sha256=kept.sha256,
            )  # fmt: skip

        attempt(request, act, done=_("已上报，等待市级核定。"))
        return redirect("target", number)
    record_form = RecordForm(request.POST, prefix="record")
    if not record_form.is_valid():
        return show(request, target, record_form, paper_form)
    told = record_form.cleaned_data
    attempt(request, partial(report_record, target=target, **told), done=_("已上报，等待市级核定。"))
    return redirect("target", number)


@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Accepts or returns what was picked."""
    target = asked_target(number)
    picked = [int(pk) for pk in request.POST.getlist(PICKED) if pk.isdigit()][:MOST_AT_ONCE]
    rows = list(Evidence.objects.filter(target=target, pk__in=picked))
    day = working_day()
    if not rows:
        attempt(request, lambda: None, done=_("没有选择佐证。"))
    elif request.POST.get("verdict") == "return":
        words = request.POST.get("words", "")[:500]
        attempt(request, partial(send_back, evidence=rows, on=day, words=words), done=_("已退回。"))
    else:
        attempt(
            request, partial(accept, evidence=rows, on=day), done=_("已核定 %(n)s 条。") % {"n": len(rows)}
        )
    return redirect("target", number)


@require_POST
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Closes the target as met or not."""
    target = asked_target(number)
    is_met = request.POST.get("met") == "yes"
    attempt(
        request, partial(close_target, target=target, is_met=is_met, on=working_day()), done=_("已结项。")
    )
    return redirect("target", number)


@require_safe
def paper(request: HttpRequest, digest: str) -> HttpResponse:
    """The file of a paper that the post may see, as a download."""
    require("targets.look")
    kept = Upload.objects.filter(pk=digest).first()
    if kept is None or not Evidence.objects.filter(paper_sha256=digest).exists():
        raise Http404("no such paper in the post's place")
    given = download_of(kept)
    # Read whole: a streamed answer would be read after the acting block.
    return HttpResponse(
        given.path.read_bytes(),
        content_type=given.content_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(given.name)}"},
    )
