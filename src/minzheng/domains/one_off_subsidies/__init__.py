"""One-off subsidies (一次性补贴): a sum that a notice grants once to everybody of named groups, without asking.

A notice names the groups, a cut-off day and a flat amount for each; no month's facts decide it, so it is granted by event
(`kernel.eventgrants`). A list that another department keeps is joined to the registers by identity number.
"""
