"""The audit trail's chain of hashes: a changed or missing line shows, and the verifier names it (PLT-04)."""

from typing import Any, Final

from services.kit.audit.hash_chain import Chain, link_table, seal_regularly
from services.kit.audit.trail import audit, unsealed
from services.kit.database.sessions import KIT
from services.kit.jobs.queue import JobApp, Resources

SEALING: Final = "seal_audit_trail"

link = link_table("audit", KIT)

TRAIL: Final = Chain("audit", audit, link, unsealed)


def seal_trail(app: JobApp[Resources], sessions_of: Any) -> None:
    """Register the sealing among a service's tasks, once a minute: ``seal_trail(app, lambda r: r.sessions)``."""
    seal_regularly(app, SEALING, TRAIL, sessions_of)
