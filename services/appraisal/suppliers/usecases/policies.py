"""Versions of the policy about suppliers: made by HR over the whole organisation (APR-03)."""

from datetime import date

from services.appraisal.suppliers.domain.policy import PolicyVersion, SupplierPolicy
from services.appraisal.suppliers.store import policies as store
from services.appraisal.suppliers.store.tables import POLICIES, SupplierPolicyRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, NotFound, Text, existing
from services.kit.work.unit_of_work import UnitOfWork


class NoSupplierPolicy(NotFound):
    """There is no such version."""

    code = "no_supplier_policy"
    zh = "找不到该版本的供应商管理规则，请刷新列表后重试。"
    en = "There is no such version of the policy about suppliers."


class PolicyNotLater(Conflict):
    """A version would begin before the one that it follows, or on the same day."""

    code = "supplier_policy_not_later"
    zh = "最新版本自 {first} 起生效，新版本须自其后生效。"
    en = "The newest version is valid from {first}; a new one must start later."


async def create(uow: UnitOfWork, *, valid_from: date, policy: SupplierPolicy) -> PolicyVersion:
    """Let another policy hold from a day on; classes and eliminations decided before keep theirs.

    Raises:
        PolicyNotLater: it does not begin after the newest version.
    """
    last = await store.newest(uow.session)
    if last.valid_from is not None and valid_from <= last.valid_from:
        expected = Text(f"晚于 {last.valid_from}", f"later than {last.valid_from}")
        field_errors = [FieldError("/valid_from", str(valid_from), expected)]
        raise PolicyNotLater(first=last.valid_from, field_errors=field_errors)
    row = SupplierPolicyRow(
        id=new_id(),
        version=last.version + 1,
        valid_from=valid_from,
        body=POLICIES.dump(policy),
        created_by=uow.caller.account_id,
        created_by_name=uow.caller.name,
        created_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    after = {"version": row.version, "valid_from": valid_from, "policy": row.body}
    await uow.audit("appraisal.supplier_policy.created", subject=("supplier_policy", row.id), after=after)
    return await get(uow.session, version=row.version)


async def get(session: ReadSession, *, version: int) -> PolicyVersion:
    """One version; 0 is the one built in.

    Raises:
        NoSupplierPolicy.
    """
    return existing(await store.find(session, version), NoSupplierPolicy)


async def list_policies(session: ReadSession, *, paging: Paging) -> Rows[PolicyVersion]:
    """Every version, from the one that is built in on."""
    return await store.listed(session, paging)


async def version_in_force(session: ReadSession, *, day: date) -> int:
    """The number of the version that holds on a day; 0 is the one built in."""
    return (await store.in_force(session, day)).version
