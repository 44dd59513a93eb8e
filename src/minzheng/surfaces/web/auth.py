"""Signing in and out, choosing a post (登录、岗位)."""

from __future__ import annotations

import os
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from minzheng.kernel.access import LimitExceeded, role_name
from minzheng.kernel.access.demo import PASSWORD, listed_officials
from minzheng.kernel.access.limits import limit
from minzheng.kernel.access.middleware import POST, open_to_all, too_many
from minzheng.kernel.access.queries import resident_of
from minzheng.kernel.places.queries import path_names
from minzheng.surfaces.demo import situations
from minzheng.surfaces.web.oidc import identity_name

# Generous for a counter of clerks behind one address, far too few to try passwords.
PER_ADDRESS, PER_NAME = 60, 15


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("用户名或密码不正确。连续五次输错后，账户将锁定三十分钟。"),
        "inactive": _("该账户已停用，请联系系统管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("用户名")
        self.fields["password"].label = _("密码")


class SignIn(LoginView):
    """The sign-in page. `next` is followed within this site only."""

    template_name = "web/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """In a demonstration the page lists the accounts that everybody may use."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["identity"] = identity_name()
        if os.environ.get("MINZHENG_DEMO") == "1":
            officials = [{"username": one.username, "what": one.title} for one in listed_officials()]
            residents = [{"username": name, "what": str(what)} for name, what in situations()]
            context["demo"] = {"password": PASSWORD, "accounts": officials + residents}
        return context

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            try:
                limit(f"sign-in from {request.META.get('REMOTE_ADDR', '')}", PER_ADDRESS)
                limit(f"sign-in as {request.POST.get('username', '')[:150]}", PER_NAME)
            except LimitExceeded as error:
                return too_many(request, error)
        return super().dispatch(request, *args, **kwargs)


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """Where to go on, if it lies within this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and allowed else fallback


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def choose_post(request: Any) -> HttpResponse:
    """Which of one's posts to act in; the header's menu posts here too."""
    if not request.user.is_authenticated:
        return redirect("login")
    if resident_of(request.user.pk) is not None:
        return redirect("/")
    if request.method == "POST":
        for post in request.posts:
            if str(post.pk) == request.POST.get("post"):
                request.session[POST] = post.pk
                return redirect(safe_next(request))
    codes = {post.division_code for post in request.posts}
    places = path_names(codes) if codes else {}
    choices = [
        {"id": post.pk, "role": role_name(post.role), "place": places.get(post.division_code, post.division_code),
         "is_current": request.actor is not None and request.actor.post_id == post.pk}
        for post in request.posts
    ]  # fmt: skip
    context = {"choices": choices, "next": safe_next(request)}
    return render(request, "web/choose_post.html", context, status=200 if choices else 403)


sign_in = open_to_all(never_cache(SignIn.as_view()))
sign_out = open_to_all(never_cache(LogoutView.as_view(next_page="login")))

urlpatterns = [
    path("login/", sign_in, name="login"),
    path("logout/", sign_out, name="logout"),
    path("post/", choose_post, name="choose_post"),
]
