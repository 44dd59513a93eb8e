"""Named readings of awards for screens, payments and month end."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet, Subquery

from minzheng.kernel.awards.models import Award, AwardPeriod
from minzheng.kernel.periods import Month


def awards_in_force(month: Month) -> QuerySet[Award]:
    """Awards that pay something in a month, each with `monthly_fen`."""
    amount = AwardPeriod.objects.filter(award=OuterRef("pk"), during__contains=month.first_day)
    return Award.objects.annotate(monthly_fen=Subquery(amount.values("monthly_fen")[:1])).filter(
        monthly_fen__isnull=False
    )


def awards_of_person(person_id: int) -> QuerySet[Award]:
    """Every award a person receives or received, the newest first, with periods and events."""
    return (
        Award.objects.filter(person_id=person_id)
        .prefetch_related("periods", "events")
        .order_by("-start_month", "benefit")
    )


def awards_of_household(household_id: int) -> QuerySet[Award]:
    """Awards of the household and of those of its members who receive for themselves."""
    return (
        Award.objects.filter(Q(household_id=household_id))
        .select_related("person")
        .prefetch_related("periods")
        .order_by("benefit", "-start_month")
    )


def monthly_amount(award: Award, month: Month) -> int:
    """What an award pays for a month; 0 where suspended, ended or not begun."""
    period = award.periods.filter(during__contains=month.first_day).first()
    return period.monthly_fen if period else 0
