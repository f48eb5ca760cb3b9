"""org's jobs: so far the delivery of its events."""

from dataclasses import dataclass

from services.kit.jobs import JobApp
from services.kit.webhooks import Deliverer, deliver_events


@dataclass(frozen=True)
class Resources:
    """What the worker gives every job."""

    deliverer: Deliverer


JOBS: JobApp[Resources] = JobApp("org")
deliver_events(JOBS, lambda resources: resources.deliverer)
