"""The kit's tables, laid into each service's own schema."""

from sqlalchemy import MetaData

from services.kit.access.revocations import revocation
from services.kit.audit.chain import link
from services.kit.audit.trail import audit, unsealed
from services.kit.calendar.stored_days import working_day
from services.kit.database.idempotency import idempotency_key
from services.kit.database.sessions import KIT
from services.kit.events.deliveries import backlog
from services.kit.events.outbox import event, subscription
from services.kit.work.history import transition
from services.kit.work.inbox import inbox
from services.kit.work.tasks import task

APPEND_ONLY = (audit.name, link.name, event.name, inbox.name, transition.name)
EDITABLE = (
    backlog.name,
    idempotency_key.name,
    revocation.name,
    subscription.name,
    task.name,
    unsealed.name,
    working_day.name,
)


def adopt(metadata: MetaData) -> None:
    """Copy the kit's tables into a service's metadata, under its schema, so that Alembic sees them as its own.

    Raises:
        ValueError: the metadata names no schema.
    """
    if metadata.schema is None:
        raise ValueError("a service's metadata names its schema")
    for table in KIT.tables.values():
        table.to_metadata(metadata, schema=metadata.schema)
