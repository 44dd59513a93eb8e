"""What is done to a summary: write a paragraph, check the whole, issue it (起草、核对、印发)."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minzheng.domains.annual_summary.actions import check_summary, edited, issue_summary, write_paragraph
from minzheng.domains.annual_summary.errors import SummaryRefused
from minzheng.domains.annual_summary.template import template
from minzheng.kernel.access import require
from minzheng.surfaces.web.summary.page import place_of
from minzheng.surfaces.web.summary.words import bindings
from minzheng.surfaces.web.work.acts import attempt, succeeded
from minzheng.surfaces.web.work.day import working_day

MOST = 2000


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """One paragraph as it is written, with its figures bound; a typed number is refused with what to do."""
    require("summary.draft")
    place = place_of(request, (request.POST if request.method == "POST" else request.GET).get("place", ""))
    try:
        standing = edited(year, place).get(key) or template().paragraph(key)
    except SummaryRefused as error:
        raise Http404(str(error)) from error
    text = request.POST.get("text", standing.text)[:MOST]
    offered = bindings(year, place)
    if request.POST.get("add"):
        # Picked, it stands at the end until its place is found; nothing is kept before the text is.
        text = (text + next((one.binding for one in offered if one.id == request.POST.get("figure")), ""))[
            :MOST
        ]
    elif request.method == "POST":
        act = partial(write_paragraph, year=year, key=key, text=text, place=place)
        if succeeded(request, act, done=_("已保存为新版本。")):
            return redirect(_address(year, place))
    return render(
        request,
        "web_summary/write.html",
        {
            "year": year,
            "place": place,
            "key": key,
            "text": text,
            "back": _address(year, place),
            "most": MOST,
            "offered": offered,
        },
    )


@require_POST
def check(request: HttpRequest, year: int) -> HttpResponse:
    """Holds the text as it stands to be right."""
    require("summary.draft")
    place = place_of(request, request.POST.get("place", ""))
    attempt(request, partial(check_summary, year=year, place=place), done=_("已核对，等待另一名经办印发。"))
    return redirect(_address(year, place))


@require_POST
def issue(request: HttpRequest, year: int) -> HttpResponse:
    """Freezes it under the next number of the register of documents."""
    require("summary.issue")
    place = place_of(request, request.POST.get("place", ""))
    made = attempt(request, partial(issue_summary, year=year, on=working_day(), place=place))
    if made is not None:
        messages.success(request, _("已印发：%(number)s") % {"number": made.number})
    return redirect(_address(year, place))


def _address(year: int, place: str) -> str:
    return reverse("summary_year", args=[year]) + "?" + urlencode({"place": place})
