"""Signing in with the city's identity by OpenID Connect (统一身份认证登录), for residents.

The identity provider has checked who somebody is and tells their number and name. Only a person whom the register knows by
both gets in; the account is opened at the first sign-in, without a password. Officials sign in with their own accounts.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.access.models import ResidentAccount
from minzheng.kernel.audit import record
from minzheng.kernel.people.identifiers import normalise
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.queries import people_by_identifier

PROVIDER = "city"


def identity_name() -> str:
    """What the city's identity is called on the sign-in page; empty where none is set up."""
    chosen = settings.MINZHENG_OIDC
    return str(chosen["name"]) if chosen["url"] and chosen["client_id"] else ""


class Accounts(DefaultAccountAdapter):
    """Nobody opens an account by themself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"


class Identities(DefaultSocialAccountAdapter):
    """Holds what the provider tells against the register."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one provider comes from the settings, not from a table."""
        chosen = settings.MINZHENG_OIDC
        if not identity_name() or provider not in (None, PROVIDER, "openid_connect"):
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER,
                name=chosen["name"],
                client_id=chosen["client_id"],
                secret=chosen["secret"],
                settings={"server_url": chosen["url"], "oauth_pkce_enabled": True},
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Lets in whoever the register knows by number and name; everybody else is told where to go."""
        told = _claims(sociallogin.account.extra_data)
        number = normalise(told.get(settings.MINZHENG_OIDC["number_claim"], ""))
        name = str(told.get(settings.MINZHENG_OIDC["name_claim"], "")).strip()
        with acting_as_service("identity sign-in"):
            account = _account(number, name)
            if account is None:
                record("access.identity_unknown", detail={"subject": str(sociallogin.account.uid)[:100]})
        if account is None:
            raise ImmediateHttpResponse(render(request, "web/identity_unknown.html", status=403))
        if not sociallogin.is_existing:
            sociallogin.connect(request, account.user)
        elif sociallogin.user.pk != account.user_id:
            # The provider now says that this is somebody else; the old tie must not open the other's record.
            raise ImmediateHttpResponse(render(request, "web/identity_unknown.html", status=403))


def _claims(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, **(data.get("id_token") or {}), **(data.get("userinfo") or {})}


def _account(number: str, name: str) -> ResidentAccount | None:
    person_id = people_by_identifier([number]).get(number) if number else None
    person = (
        Person.objects.filter(pk=person_id, name=name, death_date=None).first()
        if person_id and name
        else None
    )
    if person is None:
        return None
    known = ResidentAccount.objects.select_related("user").filter(person_id=person.pk).first()
    return known or open_resident_account(
        username=f"resident-{person.pk}", password=None, person_id=person.pk
    )


@open_to_all
def interrupted(request: HttpRequest) -> HttpResponse:
    """The provider said no, or the resident turned back."""
    messages.warning(request, _("没有登录成功，请重试；多次不成功的，可以到任一受理中心办理。"))
    return redirect("login")


urlpatterns = [
    path("<slug:provider_id>/login/", open_to_all(views.login), name="openid_connect_login"),
    path("<slug:provider_id>/login/callback/", open_to_all(views.callback), name="openid_connect_callback"),
    # The library's own pages are not offered; what it redirects to leads back to the sign-in page.
    *(
        path(f"interrupted/{name}/", interrupted, name=name)
        for name in (
            "socialaccount_login_cancelled",
            "socialaccount_login_error",
            "socialaccount_signup",
            "socialaccount_connections",
            "account_login",
            "account_signup",
            "account_inactive",
            "account_email_verification_sent",
            "account_reauthenticate",
            "account_logout",
        )
    ),
]
