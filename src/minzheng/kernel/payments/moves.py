"""The permitted changes of an order's state (支付指令状态变化), in one table; the database's trigger is made of it."""

from __future__ import annotations

PERMITTED = (
    ("drafted", "held"),
    ("held", "drafted"),
    ("drafted", "in_batch"),
    ("drafted", "cancelled"),
    ("held", "cancelled"),
    # What was drafted, dropped and is due after all comes back under the same key.
    ("cancelled", "drafted"),
    ("cancelled", "held"),
    ("in_batch", "drafted"),
    ("in_batch", "sent"),
    ("sent", "paid"),
    ("sent", "returned"),
    ("paid", "returned"),
    ("returned", "reissued"),
    ("returned", "cancelled"),
)
