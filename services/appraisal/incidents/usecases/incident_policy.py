"""The policy for incidents: who answers within what time (APR-07)."""

from services.appraisal.cycles.usecases.access import demand_revision
from services.appraisal.incidents.domain.incident import IncidentPolicy, SetPolicy
from services.appraisal.incidents.store import incident_policy as store
from services.kit.database.codec import plain_object
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Stale
from services.kit.work.unit_of_work import UnitOfWork


async def get_policy(session: ReadSession) -> SetPolicy:
    """The policy that applies to incidents reported now."""
    return await store.newest(session)


async def list_versions(session: ReadSession, *, paging: Paging) -> Rows[SetPolicy]:
    """Every version, oldest first: what is owed because of an incident follows from the one that applied then."""
    return await store.versions(session, paging)


async def set_policy(uow: UnitOfWork, *, revision: int, policy: IncidentPolicy, reason: str) -> SetPolicy:
    """Set a new version, which applies to incidents reported from now on; what is owed already stays as it is.

    Raises:
        Stale: another version applies than the one that was seen.
    """
    before = await store.newest(uow.session)
    demand_revision(before.version, revision)
    wanted = SetPolicy(policy, before.version + 1, reason, uow.caller.name, uow.now)
    policy_id = new_id()
    if not await store.add(uow.session, policy_id, wanted, by=uow.caller):
        raise Stale
    data = {"version": wanted.version}
    await uow.record(
        "appraisal.incident_policy.set",
        subject=("incident_policy", policy_id),
        before=plain_object({"policy": before.policy, "version": before.version}),
        after=plain_object({"policy": policy, "reason": reason, **data}),
        data=data,
    )
    return wanted
