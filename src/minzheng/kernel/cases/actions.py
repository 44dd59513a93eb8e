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
from minzheng.kernel.cases.alike import keep_alike, reopen_alike
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
from minzheng.kernel.cases.helping import answer_help, ask_for_help, close_help, pass_on_waiting
from minzheng.kernel.cases.mandates import act_for, give_mandate, revoke_mandate
from minzheng.kernel.cases.papers import confirm_known, fetch_papers, hand_in, promise, reject_paper
from minzheng.kernel.cases.ratings import follow_up, rate
from minzheng.kernel.cases.reviews import (
    decide_review,
    escalate_late_reviews,
    file_review,
    refuse_review,
    take_up,
    withdraw_review,
)
from minzheng.kernel.cases.sweeping import nightly
from minzheng.kernel.cases.taking_in import take_in, take_in_waiting

__all__ = [
    "accept",
    "accept_and_decide",
    "accept_by_silence",
    "act_for",
    "answer",
    "answer_help",
    "ask_correction",
    "ask_for_help",
    "begin_check",
    "clear_drafts",
    "close_help",
    "close_publication",
    "confirm",
    "confirm_known",
    "decide",
    "decide_review",
    "end_check",
    "escalate_late_reviews",
    "examine",
    "fetch_papers",
    "file_review",
    "follow_up",
    "give_back",
    "give_mandate",
    "hand_in",
    "keep_alike",
    "lapse",
    "nightly",
    "object_to_publication",
    "open_draft",
    "pass_on",
    "pass_on_waiting",
    "promise",
    "publicise",
    "rate",
    "refuse_acceptance",
    "refuse_review",
    "reject_paper",
    "reopen_alike",
    "reroute",
    "resubmit",
    "revoke_mandate",
    "save_answers",
    "send_back",
    "submit",
    "take_in",
    "take_in_waiting",
    "take_over",
    "take_up",
    "what_is_missing",
    "withdraw",
    "withdraw_review",
]
