"""A birth to be registered, passed on to the police of a district, and a partner's program with its token."""

from __future__ import annotations

from django.test import Client

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.cases.tests import world
from minzheng.kernel.items import item_on
from minzheng.kernel.items.model import Field, FieldType
from minzheng.kernel.people.models import Person
from minzheng.surfaces.api.tokens import create_token

ITEM = "hukou_birth"
ON = world.ON
DISTRICT = "310151"
_TOLD = {
    FieldType.TEXT: "城桥镇", FieldType.LONG_TEXT: "情况属实", FieldType.NUMBER: 1, FieldType.MONEY: 100_000,
    FieldType.DATE: "2022-09-01", FieldType.YES_NO: True, FieldType.IDENTIFIER: world.NUMBER,
    FieldType.PHONE: "13800000000", FieldType.ACCOUNT: "6222000000000000001", FieldType.PLACE: world.CHONGMING,
}  # fmt: skip


def _told(field: Field) -> object:
    return field.choices[0][0] if field.type is FieldType.CHOICE else _TOLD[field.type]


def passed_on(person: Person, *, item: str = ITEM, accepting: str = world.XUHUI) -> Case:
    """A case that the city's service took in at a centre and that now waits for its department."""
    with acting_as_service("test"):
        case = actions.open_draft(item=item, person=person, on=ON, accepting_division=accepting)
        missing = {f.name: _told(f) for f in item_on(item, ON).fields if f.name not in case.answers}
        actions.save_answers(case=case, values=missing, on=ON)
        case = actions.submit(case=case, on=ON)
        for paper in missing_papers(Case.objects.get(pk=case.pk)):
            actions.hand_in(case=case.pk, code=paper.code, on=ON)
        actions.accept(case=case.pk, on=ON)
        return Case.objects.get(pk=case.pk)


def police(place: str = DISTRICT, domains: tuple[str, ...] = ("public_security",)) -> Post:
    return make_post("department_officer", place, domains)


def token_of(post: Post) -> str:
    with acting_as_service("test"):
        return create_token(post=post, name="人口管理系统")


class Partner:
    """A partner's program: JSON in and out, with its token."""

    def __init__(self, token: str) -> None:
        self.http, self.head = Client(), {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: object):
        return self.http.get(f"/api/v1/{path}", query, headers=self.head)

    def post(self, path: str, body: dict, key: str = "message-0001", **more: str):
        return self.http.post(
            f"/api/v1/{path}", body, "application/json", headers=self.head | {"Idempotency-Key": key} | more
        )
