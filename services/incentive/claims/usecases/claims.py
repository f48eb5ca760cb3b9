"""Stating, withdrawing and reading claims (INC-04 … INC-07)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from services.incentive.claims.domain.claim import Claim, ClaimFilter, ClaimVersion, next_version, total
from services.incentive.claims.store import claims as store
from services.incentive.claims.store.tables import ClaimRow
from services.incentive.pay.store.tables import PersonRow
from services.incentive.pay.usecases.pay_profiles import SEES_PAY
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import NotFound, Text, existing
from services.kit.identity import Caller, Role
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

PAY_CLAIMS: Final = "claim.pay"
"""The task that waits while what a record claims is not posted."""


class ClaimUnknown(NotFound):
    """No such claim, or none that the caller may see."""

    code = "claim_unknown"
    zh = "找不到该应发事项，或您无权查看。"
    en = "There is no such claim, or you may not see it."


@dataclass(frozen=True)
class ClaimDetails:
    """A version of a claim, whose it is, and, where one claim is read, all versions in order."""

    row: ClaimRow
    person: PersonRow
    versions: Sequence[ClaimRow] = ()


@dataclass(frozen=True)
class Origin:
    """The source of claims, for those who pay them: its name, and the route that shows it."""

    name: Text
    link: str


async def state_claims(uow: UnitOfWork, claims: Sequence[Claim], origin: Origin) -> None:
    """Write what is owed from now on; what the newest version states already is left as it is.

    All of ``claims`` come from one approved record and are of one kind. Until a run has posted them, a task waits for
    compensation.

    Raises:
        ClaimCurrencyChanged.
    """
    if not claims:
        return
    kind, source = claims[0].kind, claims[0].source
    await store.lock(uow.session, kind)
    known = await store.newest(uow.session, kind, [(each.employee_id, each.occasion) for each in claims])
    numbered = [(each, next_version(known.get((each.employee_id, each.occasion)), each)) for each in claims]
    fresh = [(claim, number) for claim, number in numbered if number is not None]
    if not fresh:
        return
    ids = await store.add(uow, fresh)
    about = {"kind": kind, "source_type": source.type, "source_id": source.id, "people": len(fresh)}
    await uow.record(
        "incentive.claims.stated",
        subject=(source.type, source.id),
        after={**about, "claim_ids": ids[:100], "amount": total([claim for claim, _ in fresh])},
        data={"kind": kind},
    )
    await _await_payment(uow, source.type, source.id, origin)


async def withdraw_claims(
    uow: UnitOfWork, *, source_type: str, source_id: UUID, reason: Text, origin: Origin
) -> Sequence[ClaimVersion]:
    """Nothing that comes from a record is due any more; the next run takes back what was posted. What it was before."""
    before = await store.of_source(uow.session, source_type, source_id)
    await state_claims(uow, [each.claim.withdrawn(reason) for each in before if each.claim.amount], origin)
    return before


async def list_claims(
    session: ReadSession, *, caller: Caller, wanted: ClaimFilter, paging: Paging
) -> Rows[ClaimDetails]:
    """The newest versions of the claims of people whose pay the caller sees."""
    within = caller.units_of(*SEES_PAY)
    return await _listed(session, replace(wanted, within=within), paging)


async def list_own(session: ReadSession, *, caller: Caller, paging: Paging) -> Rows[ClaimDetails]:
    """The caller's own."""
    if caller.employee_id is None:
        return Rows([], None)
    return await _listed(session, ClaimFilter(employee_id=caller.employee_id), paging)


async def read_claim(session: ReadSession, *, caller: Caller, claim_id: UUID) -> ClaimDetails:
    """A version of a claim with all others; for the person and those who see the person's pay.

    Raises:
        ClaimUnknown.
    """
    found = existing(await store.one(session, claim_id), ClaimUnknown)
    row, person = found
    own = caller.employee_id == row.employee_id
    if not own and not caller.has_over(person.unit_path, *SEES_PAY):
        raise ClaimUnknown
    return ClaimDetails(row, person, await store.versions_of(session, row))


async def _listed(session: ReadSession, wanted: ClaimFilter, paging: Paging) -> Rows[ClaimDetails]:
    rows = await store.listed(session, wanted, paging)
    return Rows([ClaimDetails(*each) for each in rows.items], rows.next)


async def _await_payment(uow: UnitOfWork, source_type: str, source_id: UUID, origin: Origin) -> None:
    subject = (source_type, source_id)
    await close_tasks(uow, PAY_CLAIMS, subject=subject)
    await open_task(
        uow,
        PAY_CLAIMS,
        subject=subject,
        assignee=Assignee(role=Role.COMPENSATION),
        title=Text(
            f"发放{origin.name.zh}：系统建立的核算另列为复核待办；没有核算时请手工建立，过账后本待办自动关闭",
            f"Pay {origin.name.en}: the run that the system opens waits for review by itself; create one if there is "
            "none. This closes once it is posted",
        ),
        link=origin.link,
    )
