"""What casework remembers. A case's number begins with its year, so that a year is a partition of its own."""

from minzheng.kernel.cases.models.bundles import Bundle
from minzheng.kernel.cases.models.case import Case, Event, Submission
from minzheng.kernel.cases.models.checks import Authorisation, EconomicCheck
from minzheng.kernel.cases.models.clocks import Clock, Pause
from minzheng.kernel.cases.models.decisions import Decision, Letter, Publication
from minzheng.kernel.cases.models.papers import Dispute, Material, Upload
from minzheng.kernel.cases.models.reviews import AlikeCase, Review
from minzheng.kernel.cases.models.service import HelpRequest, Mandate, Rating
from minzheng.kernel.cases.models.totals import Counted, DaysTotal, IssuerTotal, Side, Total, TotalsMark

__all__ = [
    "AlikeCase",
    "Authorisation",
    "Bundle",
    "Case",
    "Clock",
    "Counted",
    "DaysTotal",
    "Decision",
    "Dispute",
    "EconomicCheck",
    "Event",
    "HelpRequest",
    "IssuerTotal",
    "Letter",
    "Mandate",
    "Material",
    "Pause",
    "Publication",
    "Rating",
    "Review",
    "Side",
    "Submission",
    "Total",
    "TotalsMark",
    "Upload",
]
