"""The annual summary (年度工作总结): our own sentences, every number in them bound to a figure that was counted from records.

`formatting` prints numbers as officials do, `template` and `template.yaml` hold the sentences, `drafting` fills them, `paper` makes
the official document, `actions` keeps edited paragraphs and issues the summary.
"""
