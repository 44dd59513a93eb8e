"""Settling what was overpaid (多发处理): netted with arrears, set off, paid back or waived; never a negative payment.

`netting` works inside drafting, `decisions` are the acts of two officials, `letters` what the family reads, `queries`
the lists of the screens.
"""
