"""Every act on a case, in the order in which a case lives. Each is one transaction and leaves one event and one trace."""

from minzheng.kernel.cases.accepting import (
    accept,
    accept_by_silence,
    ask_correction,
    lapse,
    pass_on,
    refuse_acceptance,
    take_over,
)
from minzheng.kernel.cases.deciding import accept_and_decide, answer, confirm, decide, give_back
from minzheng.kernel.cases.drafting import (
    clear_drafts,
    open_draft,
    resubmit,
    save_answers,
    submit,
    what_is_missing,
    withdraw,
)
from minzheng.kernel.cases.handling import (
    begin_check,
    close_publication,
    end_check,
    examine,
    object_to_publication,
    publicise,
    reroute,
    send_back,
)
from minzheng.kernel.cases.papers import confirm_known, fetch_papers, hand_in, promise, reject_paper
from minzheng.kernel.cases.sweeping import nightly
from minzheng.kernel.cases.taking_in import take_in, take_in_waiting

__all__ = [
    "accept",
    "accept_and_decide",
    "accept_by_silence",
    "answer",
    "ask_correction",
    "begin_check",
    "clear_drafts",
    "close_publication",
    "confirm",
    "confirm_known",
    "decide",
    "end_check",
    "examine",
    "fetch_papers",
    "give_back",
    "hand_in",
    "lapse",
    "nightly",
    "object_to_publication",
    "open_draft",
    "pass_on",
    "promise",
    "publicise",
    "refuse_acceptance",
    "reject_paper",
    "reroute",
    "resubmit",
    "save_answers",
    "send_back",
    "submit",
    "take_in",
    "take_in_waiting",
    "take_over",
    "what_is_missing",
    "withdraw",
]
