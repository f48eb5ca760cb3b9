"""From which amount on two people approve: proposed by one person, in force once another releases it (ORG-09)."""

from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Text, existing
from services.kit.periods import Period, day_in_words
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.timeline import at
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import decide, release_trail
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.domain.authority_limit import set_from
from services.org.authority.domain.authority_type import TwoApprovers
from services.org.authority.domain.policy_change import POLICY_CHANGE, PolicyChange
from services.org.authority.store import authorities as rows
from services.org.authority.store import policy_changes as store

SUBJECT = POLICY_CHANGE.name


class PolicyChangeUnknown(NotFound):
    """There is no such change."""

    code = "authority_policy_change_unknown"
    zh = "找不到该双人审批规定变更，请刷新列表后重试。"
    en = "There is no such change of the dual-approval policy."


async def propose(uow: UnitOfWork, *, valid_from: date, policy: TwoApprovers) -> PolicyChange:
    """Propose from which amount on, and for what, two people approve; it waits for another person.

    Raises:
        PastAuthority, AuthorityBackdated.
    """
    set_from(await rows.policies(uow.session), Period(valid_from), policy, uow.today)
    change, since = await store.add(uow, valid_from, policy), day_in_words(valid_from)
    after = {"valid_from": valid_from, **_policy(policy)}
    await uow.audit("org.authority_policy.proposed", subject=(SUBJECT, change.id), after=after)
    await open_task(
        uow,
        f"{SUBJECT}.release",
        subject=(SUBJECT, change.id),
        assignee=whoever_may(POLICY_CHANGE, ReleaseAction.RELEASE, excluded_ids=Signature.of(uow.caller).ids),
        title=Text(
            f"确认双人审批规定的变更：自 {since.zh}起",
            f"Release the change of the dual-approval policy from {since.en}",
        ),
        link=f"/v1/org/authority_policy_changes/{change.id}",
    )
    return change


async def release(uow: UnitOfWork, *, change_id: UUID, revision: int) -> PolicyChange:
    """Put in force what another person proposed.

    Raises:
        PolicyChangeUnknown, SecondPersonNeeded, Stale, TransitionNotPossible.
        PastAuthority, AuthorityBackdated: its first day has gone by meanwhile.
    """
    await rows.lock_policies(uow.session)
    row = existing(await store.locked(uow.session, change_id), PolicyChangeUnknown)
    state = await decide(uow, POLICY_CHANGE, row, ReleaseAction.RELEASE, revision=revision)
    trail = release_trail(state, revision=revision)
    await uow.audit("org.authority_policy.released", subject=(SUBJECT, change_id), **trail)
    change = store.change_of(row)
    before = await rows.policies(uow.session)
    after = set_from(before, Period(change.valid_from), change.policy, uow.today)
    policy_id = await rows.replace_policies(uow.session, before, after)
    was = at(before, change.valid_from)
    await uow.record(
        "org.authority_policy.set",
        subject=("authority_policy", policy_id),
        before=None if was is None else _policy(was.facts),
        after={"change_id": change_id, "valid_from": change.valid_from, **_policy(change.policy)},
        data={"valid_from": change.valid_from},
    )
    return await read(uow.session, change_id=change_id)


async def refuse(uow: UnitOfWork, *, change_id: UUID, revision: int, reason: str) -> PolicyChange:
    """Refuse what another person proposed, or take back what one proposed oneself; the policy stays as it is.

    Raises:
        PolicyChangeUnknown, Stale, TransitionNotPossible.
    """
    row = existing(await store.locked(uow.session, change_id), PolicyChangeUnknown)
    state = await decide(uow, POLICY_CHANGE, row, ReleaseAction.REFUSE, revision=revision, reason=reason)
    trail = release_trail(state, revision=revision, reason=reason)
    await uow.audit("org.authority_policy.refused", subject=(SUBJECT, change_id), **trail)
    return await read(uow.session, change_id=change_id)


async def read(session: ReadSession, *, change_id: UUID) -> PolicyChange:
    """A change.

    Raises:
        PolicyChangeUnknown.
    """
    return existing(await store.one(session, change_id), PolicyChangeUnknown)


async def list_changes(session: ReadSession, *, state: ReleaseState | None, paging: Paging) -> Rows[PolicyChange]:
    """Changes in the order in which they were proposed."""
    return await store.listed(session, state=state, paging=paging)


def _policy(policy: TwoApprovers) -> dict[str, object]:
    return {"threshold": policy.threshold, "authority_types": sorted(each.value for each in policy.authority_types)}
