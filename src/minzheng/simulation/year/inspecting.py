"""What looks at elder care in the year: its workers as they stand, inspections drawn and done, promises with their evidence.

These are the pieces that the demonstration uses as well, each in the month in which the city does it.
"""

from __future__ import annotations

from typing import Any

from minzheng.simulation.supervision import prepare_supervision
from minzheng.simulation.targets import prepare_targets
from minzheng.simulation.workforce import prepare_workforce
from minzheng.simulation.year.engine import Life


def look_at_elder_care(life: Life) -> dict[str, Any]:
    """Workers in August, the campaign and the drawn plans in September, the year's promises in December."""
    on = life.month.last_day
    match life.month.number:
        case 8:
            return {"从业人员": prepare_workforce(on=on, watch=life.watch)}
        case 9:
            return {"检查": prepare_supervision(on=on, watch=life.watch)}
        case 12:
            return {"实事项目": prepare_targets(on=on, watch=life.watch)}
        case _:
            return {}
