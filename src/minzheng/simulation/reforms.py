"""The standing example of a what-if: the adjustment of 1 July 2022, 1330 → 1420 yuan, and a further step to 1500.

The work summary of 2022 gives the first two values; 1500 is a question, not law. The minors' standard goes along at 1.3
times, rounded up to five yuan, as it has stood every year.
"""

from __future__ import annotations

from minzheng.kernel.access import acting
from minzheng.kernel.access.models import Post
from minzheng.kernel.periods import Month
from minzheng.kernel.reforms.actions import compute_reform, save_reform, share_reform
from minzheng.kernel.reforms.changes import Change
from minzheng.kernel.reforms.models import Reform

JULY = Month(2022, 7)
OFFICER = "shizheng"
STANDARD, MINORS = "subsistence_allowance.standard", "subsistence_allowance.minor_standard"
EXAMPLES = (
    (
        "若2022年7月1日未调整（仍为1330元）",
        "2022年7月1日低保标准由1330元调整为1420元；此处反过来看，未调整会少覆盖多少户。",
        (Change(STANDARD, 133_000), Change(MINORS, 173_000)),
    ),
    (
        "若2022年7月调整到1500元",
        "在1420元之上再提高到1500元，未成年人标准按1.3倍相应提高；仅为试算。",
        (Change(STANDARD, 150_000), Change(MINORS, 195_000)),
    ),
)


def prepare_reforms() -> list[Reform]:
    """Saves, computes and shares the examples that are not there yet; call it outside of any acting block."""
    post = Post.objects.filter(official__user__username=OFFICER, role="city_policy_officer").get()
    made = []
    for title, note, changes in EXAMPLES:
        with acting(post):
            known = Reform.objects.filter(title=title).first()
            if known is not None and known.is_shared:
                made.append(known)
                continue
            reform = known or save_reform(title=title, note=note, month=JULY, changes=changes)
        done = compute_reform(reform.pk)
        with acting(post):
            share_reform(done, is_shared=True)
        made.append(done)
    return made
