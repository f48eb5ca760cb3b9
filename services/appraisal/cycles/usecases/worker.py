"""In whose name the service itself acts when a job makes a move."""

from typing import Final
from uuid import UUID

from services.kit.identity import Caller

WORKER: Final = Caller(UUID(int=0), "appraisal", "service")
OPEN_CYCLE: Final = "open_cycle"
HAND_OVER: Final = "hand_over_duties"
"""The job that lets others do what waits for people who have left."""
