"""What a new installation needs before anybody can sign in; running it again changes nothing that is in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.calendar import CALENDAR_CHANGED
from services.kit.database import WriteSession
from services.kit.identity import Caller, Role
from services.kit.subscriptions import subscribe
from services.kit.unit_of_work import UnitOfWork
from services.org.identity.store import accounts as rows
from services.org.identity.store import service_clients
from services.org.identity.store.tables import ServiceClientRow
from services.org.identity.usecases import accounts, passwords

ADMINISTRATOR = "administrator"
BOOTSTRAP = Caller(UUID(int=0), "bootstrap")
"""In whose name the audit trail has what happens here."""


FOLLOWED = (
    "org.account.revoked",
    CALENDAR_CHANGED,
    "org.employee.hired",
    "org.employee.terminated",
    "org.employee.termination_rescheduled",
    "org.employee.termination_rescinded",
    "org.import.completed",
)
"""The events of org that our own services must hear of."""


@dataclass(frozen=True)
class Client:
    """One of our own services as client of the others."""

    client_id: str
    secret: str
    audiences: Sequence[str]
    scopes: Sequence[str]


async def administrator(session: WriteSession, *, password: str, now: datetime) -> None:
    """Make the first account, unless there is one of that name; its password is never set back.

    Raises:
        PasswordTooWeak: it is too short.
    """
    if await rows.of_login(session, ADMINISTRATOR) is not None:
        return
    passwords.check(password, names=[ADMINISTRATOR], pointer="/bootstrap_password")
    uow = UnitOfWork(session, BOOTSTRAP, now, now.date())
    wanted = [accounts.NewAccount(ADMINISTRATOR, "系统管理员", None, [(Role.ADMINISTRATOR, None)])]
    (account_id,) = await accounts.create(uow, wanted=wanted)
    account = await accounts.for_update(session, account_id)
    account.password_hash = await passwords.hashed(password)


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
    """Have our own services told what they must know at once; ``addresses`` are their inboxes by name."""
    for name, url in addresses.items():
        await subscribe(session, name=name, url=url, types=FOLLOWED, now=now, internal=True)


async def _in_order(row: ServiceClientRow, client: Client) -> bool:
    same_rights = (row.scopes, row.audiences) == (list(client.scopes), list(client.audiences))
    return same_rights and await passwords.matches(client.secret, row.secret_hash)
