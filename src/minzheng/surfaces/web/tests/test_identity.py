"""Residents sign in with the city's identity; a small provider on this machine speaks OpenID Connect for real."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.models import ResidentAccount
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.tests import world

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(BaseHTTPRequestHandler):
    """Discovery, token and userinfo of a provider; what it says of the person is set by the test."""

    claims: dict[str, Any] = {}
    codes: set[str] = {"good"}

    def do_GET(self) -> None:
        base = f"http://{self.headers['Host']}"
        if self.path.startswith("/.well-known"):
            self._say({"issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                       "userinfo_endpoint": f"{base}/userinfo", "jwks_uri": f"{base}/keys",
                       "token_endpoint_auth_methods_supported": ["client_secret_post"]})  # fmt: skip
        elif self.path == "/userinfo":
            assert self.headers["Authorization"] == "Bearer access"
            self._say(self.claims)
        else:
            self._say({}, 404)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if (
            sent["code"][0] not in self.codes
            or sent["client_secret"] != ["secret"]
            or "code_verifier" not in sent
        ):
            self._say({"error": "invalid_grant"}, 400)
            return
        base = f"http://{self.headers['Host']}"
        token = {"iss": base, "aud": "minzheng", "iat": time.time(), "exp": time.time() + 60, **self.claims}
        self._say(
            {"access_token": "access", "token_type": "Bearer", "id_token": jwt.encode(token, KEY, "RS256")}
        )

    def _say(self, data: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: Any) -> None:
        """Nothing on the test's screen."""


@pytest.fixture
def provider(settings) -> Iterator[type[Provider]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.MINZHENG_OIDC = settings.MINZHENG_OIDC | {
        "url": f"http://127.0.0.1:{server.server_port}",
        "client_id": "minzheng",
        "secret": "secret",
    }
    Provider.claims = {"sub": "u1", "citizen_number": world.number(), "name": "周磊建"}
    yield Provider
    server.shutdown()
    server.server_close()


@pytest.fixture
def resident(db) -> Person:
    with acting_as_service("test"):
        return Person.objects.get(pk=world.register_one(on=date(2022, 6, 1))["person_id"])


def sign_in(client, code: str = "good"):
    begun = client.post("/identity/city/login/")
    assert begun.status_code == 302
    state = parse_qs(urlsplit(begun["Location"]).query)["state"][0]
    return client.get("/identity/city/login/callback/", {"code": code, "state": state})


def test_the_sign_in_page_offers_the_citys_identity_only_where_one_is_set_up(client, db, provider, settings):
    assert "用统一身份认证登录" in client.get("/login/").content.decode()
    settings.MINZHENG_OIDC = settings.MINZHENG_OIDC | {"url": ""}
    assert "用统一身份认证登录" not in client.get("/login/").content.decode()


def test_a_resident_known_by_number_and_name_comes_to_their_own_pages(client, provider, resident):
    answer = sign_in(client)
    assert answer.status_code == 302 and answer["Location"] == "/"
    with acting_as_service("test"):
        account = ResidentAccount.objects.get(person_id=resident.pk)
    assert not account.user.has_usable_password()
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/my/"
    client.post("/logout/")
    assert sign_in(client).status_code == 302
    with acting_as_service("test"):
        assert ResidentAccount.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"name": "别人"}, {"citizen_number": world.number(3)}, {"citizen_number": ""}]
)
def test_who_is_not_known_by_both_gets_no_account(client, provider, resident, wrong):
    provider.claims |= wrong
    answer = sign_in(client)
    assert answer.status_code == 403 and "没有找到您的登记" in answer.content.decode()
    with acting_as_service("test"):
        assert not ResidentAccount.objects.exists()
    assert client.get("/my/").status_code == 302


def test_an_identity_that_turns_into_somebody_elses_opens_neither_record(client, provider, resident):
    sign_in(client)
    client.post("/logout/")
    with acting_as_service("test"):
        world.register_one(serial=3, name="钱二", household_number="H000002", on=date(2022, 6, 1))
    provider.claims |= {"citizen_number": world.number(3), "name": "钱二"}
    assert sign_in(client).status_code == 403


@pytest.mark.parametrize("code", ["stolen", ""])
def test_a_code_that_the_provider_does_not_know_signs_nobody_in(client, provider, resident, code):
    answer = sign_in(client, code)
    assert answer.status_code in (200, 302, 401) and client.get("/my/").status_code == 302
    with acting_as_service("test"):
        assert not ResidentAccount.objects.exists()


def test_a_callback_without_the_state_of_this_browser_signs_nobody_in(client, provider, resident):
    client.post("/identity/city/login/")
    client.get("/identity/city/login/callback/", {"code": "good", "state": "of another browser"})
    assert client.get("/my/").status_code == 302
