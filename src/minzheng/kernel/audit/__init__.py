"""The trace: who did what and who looked at whom, added only, and sealed into a chain that shows any change.

Verification and export are in `chain`, readings for screens in `queries`.
"""

from minzheng.kernel.audit.recording import LOOK, UNMASK, ReasonMissing, look, record, unmask

__all__ = ["LOOK", "UNMASK", "ReasonMissing", "look", "record", "unmask"]
