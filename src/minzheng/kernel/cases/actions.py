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
from minzheng.kernel.cases.authorising import (
    ask_authorisations,
    authorisations_changed,
    give_authorisation,
    revoke_authorisation,
)
from minzheng.kernel.cases.bundles import open_bundle, part_ended, share_answers, submit_bundle
from minzheng.kernel.cases.deciding import accept_and_decide, answer, confirm, decide, give_back
from minzheng.kernel.cases.disputes import settle_dispute, tell_case
from minzheng.kernel.cases.drafting import (
    clear_drafts,
    open_draft,
    resubmit,
    save_answers,
    submit,
    what_is_missing,
    withdraw,
)
from minzheng.kernel.cases.economic_check import (
    ask_again,
    ask_sources,
    close_check,
    expire_checks,
    object_to_check,
    request_check,
    settle_objection,
)
from minzheng.kernel.cases.handling import (
    begin_check,
    check_anew,
    close_publication,
    end_check,
    examine,
    object_to_publication,
    publicise,
    reroute,
    send_back,
    stop_check,
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
from minzheng.kernel.cases.uploads import keep_upload

__all__ = [
    "accept",
    "accept_and_decide",
    "accept_by_silence",
    "act_for",
    "answer",
    "answer_help",
    "ask_again",
    "ask_authorisations",
    "ask_correction",
    "ask_for_help",
    "ask_sources",
    "authorisations_changed",
    "begin_check",
    "check_anew",
    "clear_drafts",
    "close_check",
    "close_help",
    "close_publication",
    "confirm",
    "confirm_known",
    "decide",
    "decide_review",
    "end_check",
    "escalate_late_reviews",
    "examine",
    "expire_checks",
    "fetch_papers",
    "file_review",
    "follow_up",
    "give_authorisation",
    "give_back",
    "give_mandate",
    "hand_in",
    "keep_alike",
    "keep_upload",
    "lapse",
    "nightly",
    "object_to_check",
    "object_to_publication",
    "open_bundle",
    "open_draft",
    "part_ended",
    "pass_on",
    "pass_on_waiting",
    "promise",
    "publicise",
    "rate",
    "refuse_acceptance",
    "refuse_review",
    "reject_paper",
    "reopen_alike",
    "request_check",
    "reroute",
    "resubmit",
    "revoke_authorisation",
    "revoke_mandate",
    "save_answers",
    "send_back",
    "settle_dispute",
    "settle_objection",
    "share_answers",
    "stop_check",
    "submit",
    "submit_bundle",
    "take_in",
    "take_in_waiting",
    "take_over",
    "take_up",
    "tell_case",
    "what_is_missing",
    "withdraw",
    "withdraw_review",
]
