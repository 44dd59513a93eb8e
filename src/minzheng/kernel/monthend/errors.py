"""What month end refuses, in words an official can act on."""

from minzheng.kernel.refusals import Refusal


class MonthRefused(Refusal):
    """The month may not be run now; the message says why and what to do first."""


class MonthBusy(MonthRefused):
    """Another run is at work at this moment."""
