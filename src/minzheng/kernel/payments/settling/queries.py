"""What waits for an official of settling (多发处理), within the acting post's scope; each by one query."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from minzheng.kernel.access import Actor
from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.payments.models import Settlement, SettlementPart

_S = Settlement.State


def people_without_proposal() -> int:
    """How many people were overpaid a month that no decision speaks of, and about whom no proposal waits."""
    decided = SettlementPart.objects.filter(overpayment=OuterRef("pk"), settlement__state=_S.APPROVED)
    waiting = Settlement.objects.filter(person=OuterRef("person_id"), state=_S.PROPOSED)
    found = Overpayment.objects.filter(~Exists(decided), ~Exists(waiting), state=Overpayment.State.OPEN)
    return found.values("person_id").distinct().count()


def proposals_for(actor: Actor) -> int:
    """How many proposals wait for this official: another's, about months of the post's programmes."""
    months = Overpayment.objects.filter(parts__settlement=OuterRef("pk"))
    found = Settlement.objects.filter(Exists(months), state=_S.PROPOSED)
    return found.exclude(proposed_by=actor.official_id).count()
