"""Residents who sign in to the portal, from casework's own world."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.cases.tests import world
from minzheng.kernel.people.models import Person

PASSWORD = "Minzheng-2022"
APPLY = world.APPLY
TOLD = {
    "phone": "13800000000", "account": "6222000000000000001", "residence": "城桥镇一号", "marital_state": "single",
    "has_job": "no", "has_pension": "no", "has_disabled_member": "no", "has_student": "no", "has_medical_costs": "no",
    "housing": "own", "reason": "收入低，生活困难",
}  # fmt: skip


def signed_in(person: Person, username: str) -> Client:
    """A browser in which a resident has signed in."""
    with acting_as_service("test"):
        open_resident_account(username=username, password=PASSWORD, person_id=person.pk)
    client = Client()
    client.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    return client


def apply(client: Client, *, key: str = "k1") -> int:
    """Starts the allowance and fills every page in; the number of the case, ready to be sent."""
    started = client.post(f"/services/{APPLY}/apply/", {"key": key})
    pk = int(started["Location"].split("/")[3])
    client.post(f"/my/cases/{pk}/known/", {})
    for number in (1, 2, 3):
        page = client.get(f"/my/cases/{pk}/questions/{number}/")
        if page.status_code != 200:
            break
        asked = [field.name for field in page.context["form"].asked]
        told = {name: TOLD[name] for name in asked}
        client.post(f"/my/cases/{pk}/questions/{number}/", told | {"seen": asked})
    return pk
