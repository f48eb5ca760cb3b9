"""In whose name the service itself acts when a job makes a move."""

from typing import Final
from uuid import UUID

from services.kit.identity import Caller

WORKER: Final = Caller(UUID(int=0), "appraisal", "service")
OPEN_CYCLE: Final = "open_cycle"
FOLLOW_SUPPLIERS: Final = "follow_suppliers"
"""The job that looks at what final and corrected scores of suppliers lead to (APR-03)."""
HAND_OVER: Final = "hand_over_duties"
"""The job that lets others do what waits for people who have left."""
