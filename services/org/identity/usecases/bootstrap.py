"""What a new installation needs before anyone can sign in; running it again changes nothing that is in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.calendar.stored_days import CALENDAR_CHANGED
from services.kit.database.sessions import WriteSession
from services.kit.errors import existing
from services.kit.events.subscriptions import subscribe
from services.kit.identity import Caller, Role
from services.kit.release import ReleaseState
from services.kit.work.releasing import entered
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork
from services.org.identity.domain.account import ROLE_ASSIGNMENT
from services.org.identity.store import accounts as rows
from services.org.identity.store import invitations, role_assignments, service_clients, sign_ins
from services.org.identity.store.tables import ServiceClientRow
from services.org.identity.usecases import accounts, passwords

ADMINISTRATOR = "administrator"
SECOND_ADMINISTRATOR = "second.administrator"
"""The logins of the first two administrators, for two people: what one does to roles, the other releases."""
BOOTSTRAP = Caller(UUID(int=0), "bootstrap")
"""In whose name the audit trail has what happens here."""


CAREER_VERBS = ("created", "changed", "ended", "rescinded")
UNIT_VERBS = ("created", "changed", "moved", "merged", "split", "closed")
FOLLOWED = (
    "org.account.revoked",
    CALENDAR_CHANGED,
    *(f"org.delegation.{verb}" for verb in ("created", "released", "revoked", "ended")),
    "org.employee.hired",
    "org.employee.terminated",
    "org.employee.termination_rescheduled",
    "org.employee.termination_rescinded",
    *(f"org.{noun}.{verb}" for noun in ("assignment", "absence") for verb in CAREER_VERBS),
    *(f"org.position.{verb}" for verb in ("created", "changed", "closed")),
    *(f"org.unit.{verb}" for verb in UNIT_VERBS),
    "org.import.completed",
    "org.probation_review.decided",
)
"""The events of org that Merit's other services have to receive."""


@dataclass(frozen=True)
class Client:
    """One of our own services as client of the others."""

    client_id: str
    secret: str
    audiences: Sequence[str]
    scopes: Sequence[str]


async def administrator(session: WriteSession, *, login: str = ADMINISTRATOR, password: str, now: datetime) -> None:
    """Make an administrator's account, unless there is one of that name; its password is never set back.

    The person who runs this owns the database, so the role counts at once.

    Raises:
        PasswordTooWeak: it is too short.
    """
    if await rows.of_login(session, login) is not None:
        return
    passwords.check(password, names=[login], pointer="/bootstrap_password")
    uow = UnitOfWork(session, BOOTSTRAP, now, now.date())
    name = "第二系统管理员" if login == SECOND_ADMINISTRATOR else "系统管理员"
    (account_id,) = await accounts.create(uow, wanted=[accounts.NewAccount(login, name, None, [])])
    await _let_in(uow, account_id, await passwords.hashed(password))


async def reset(session: WriteSession, *, login: str, password: str, now: datetime) -> None:
    """Let an administrator of the installation in again: password set back, enabled, the role released.

    All its sign-ins and tokens end.

    Raises:
        AccountUnknown, PasswordTooWeak.
    """
    account = existing(await rows.of_login(session, login), accounts.AccountUnknown)
    passwords.check(password, names=[login], pointer="/bootstrap_password")
    uow = UnitOfWork(session, BOOTSTRAP, now, now.date())
    await _let_in(uow, account.id, await passwords.hashed(password))
    await sign_ins.end_all(session, account.id, now, "password_changed")
    await accounts.revoke_tokens(session, account.id, now=now)
    await uow.audit("org.account.reset", subject=("account", account.id))


async def _let_in(uow: UnitOfWork, account_id: UUID, password_hash: str) -> None:
    account = await accounts.for_update(uow.session, account_id)
    await invitations.withdraw(uow.session, account_id)
    held = await role_assignments.rows_of(uow.session, account_id)
    whole = [row for row in held if row.role == Role.ADMINISTRATOR.value and row.unit_id is None]
    if not any(row.state == ReleaseState.RELEASED.value for row in whole):
        for row in whole:
            await close_tasks(uow, subject=(ROLE_ASSIGNMENT.name, row.id))
        await role_assignments.remove_roles(uow.session, [row.id for row in whole])
        released = entered(uow) | {
            "state": ReleaseState.RELEASED.value,
            "decided_at": uow.now,
            "decided_by": BOOTSTRAP.account_id,
            "decided_by_name": BOOTSTRAP.name,
        }
        await role_assignments.add_roles(uow.session, account_id, [(Role.ADMINISTRATOR, None)], entered=released)
        await uow.audit(
            "org.account.role_released", subject=("account", account_id), after={"role": Role.ADMINISTRATOR.value}
        )
    account.password_hash, account.disabled_at = password_hash, None
    account.linked_by, account.invited_by = [], []
    account.revision += 1


async def clients(session: WriteSession, *, wanted: Sequence[Client], now: datetime) -> None:
    """Register our own services as clients; one whose secret or rights differ is set right."""
    for client in wanted:
        row = await service_clients.by_name(session, client.client_id)
        if row is not None and await _in_order(row, client):
            continue
        secret_hash = await passwords.hashed(client.secret)
        if row is None:
            row = ServiceClientRow(client_id=client.client_id, revision=0)
            session.add(row)
        row.secret_hash, row.scopes, row.audiences = secret_hash, list(client.scopes), list(client.audiences)
        row.revision += 1
        await session.flush()
        await UnitOfWork(session, BOOTSTRAP, now, now.date()).audit(
            "org.service_client.registered",
            subject=("service_client", row.id),
            after={"client_id": client.client_id, "scopes": list(client.scopes)},
        )


async def subscriptions(session: WriteSession, *, addresses: Mapping[str, str], now: datetime) -> None:
    """Subscribe Merit's other services to what they must know at once; ``addresses`` are their inboxes by name."""
    for name, url in addresses.items():
        await subscribe(session, name=name, url=url, types=FOLLOWED, now=now, internal=True)


async def _in_order(row: ServiceClientRow, client: Client) -> bool:
    same_rights = (row.scopes, row.audiences) == (list(client.scopes), list(client.audiences))
    return same_rights and await passwords.matches(client.secret, row.secret_hash)
