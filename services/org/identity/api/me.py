"""The caller's identity and their own account (ORG-12)."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.kit.access.callers import AnyCaller, AnyCallerUnitOfWork
from services.kit.database.pages import Page
from services.kit.database.sessions import ReadSession
from services.kit.fields import Id, Model
from services.kit.identity import Caller, Role
from services.kit.web.application import IfMatch, Now, PageAsked, Read, Today
from services.kit.web.routing import keeps_no_body, router
from services.org.identity.api.sign_ins import TAKES_TURNS, InTurn, Secret
from services.org.identity.domain.account import AccountLanguage
from services.org.identity.usecases import own_account
from services.org.people.domain.employee import MainAssignment
from services.org.schemas import EntityId, MachineNow, PersonRef, PositionRef, RevisionNumber, UnitRef, person_ref
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/me", tag="me")


class MyRole(Model):
    """A role of the caller."""

    role: Role = Field(description="Role.", examples=["hr"])
    unit_id: Id | None = Field(
        description="Unit over which the role applies, including everything below it; null: the whole organisation."
    )
    unit_code: str | None = Field(description="Code of that unit.", examples=["SALES"])


class MyAssignment(Model):
    """The caller's main assignment today."""

    id: EntityId
    kind: AssignmentKind = Field(
        description="Kind of assignment: primary, or a rotation while it runs.", examples=["primary"]
    )
    position: PositionRef = Field(description="Position.")
    title: str | None = Field(description="Title of the position, in Chinese.", examples=["区域销售经理"])
    title_en: str | None = Field(description="Title of the position, in English.", examples=["Regional sales manager"])
    unit: UnitRef | None = Field(description="Unit of the assignment.")
    unit_path: list[Id] = Field(description="Ids of the units from the root down to that unit.")


class Me(Model):
    """The caller: account, employee, roles and manager."""

    account_id: Id = Field(description="Id of the account.")
    login: str = Field(description="Login of the caller.", examples=["li.ting"])
    name: str = Field(description="Name of the account.", examples=["李婷"])
    language: AccountLanguage | None = Field(
        description="Preferred language of the caller; null: the browser's language.", examples=["zh"]
    )
    roles: list[Role] = Field(description="All roles of the caller, whatever the unit.", examples=[["employee", "hr"]])
    role_assignments: list[MyRole] = Field(description="Roles with their units.")
    employee: PersonRef | None = Field(description="Employee linked to the account, while employed; null if none.")
    assignment: MyAssignment | None = Field(description="Main assignment today; null if none.")
    manager: PersonRef | None = Field(description="Manager of the caller; null if none.")
    revision: RevisionNumber


class MyChange(Model):
    """A change of the caller's own account."""

    language: AccountLanguage | None = Field(
        description="Preferred language; null: the browser's language.", examples=["en"]
    )


class PasswordChange(Model):
    """A new password, authorised by the present one."""

    current_password: Secret = Field(description="Present password.")
    new_password: Secret = Field(
        description="Password of at least 12 characters, hard to guess, that contains neither the login nor the name."
    )


class Session(Model):
    """A session of the caller."""

    id: EntityId
    started_at: datetime = Field(description="Time of the sign-in with the password.")
    renewed_at: datetime = Field(description="Time of its last activity.")
    ends_at: datetime = Field(description="Time at which the password must be entered again.")
    address: str = Field(description="Network address of the sign-in.", examples=["192.0.2.17"])
    user_agent: str = Field(description="Name of the client program, as sent by it.", examples=["Mozilla/5.0"])
    is_current: bool = Field(description="Whether this is the session of the present request.", examples=[True])


@routes.get("", summary="Get the caller's account")
async def get_me(session: Read, caller: AnyCaller, today: Today) -> Me:
    """The caller's account, roles, assignment, unit and manager today."""
    return await _me(session, caller, today)


@routes.patch("", summary="Set my language")
async def update_me(body: MyChange, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Me:
    """Sets the caller's preferred language."""
    await own_account.set_language(uow, language=body.language, expected_revision=revision)
    await uow.session.flush()
    return await _me(uow.session, uow.caller, uow.today)


@routes.post("/password", status_code=204, summary="Change my password", openapi_extra=TAKES_TURNS)
@keeps_no_body
async def change_my_password(
    body: PasswordChange, caller: AnyCaller, sessions: InTurn, now: Now, machine_now: MachineNow, today: Today
) -> None:
    """Changes the caller's password. All other sessions end; this one continues with its refresh token."""
    await own_account.change_password(
        sessions,
        caller=caller,
        current=body.current_password,
        new=body.new_password,
        now=now,
        machine_now=machine_now,
        today=today,
    )


@routes.get("/sessions", summary="List my sessions")
async def list_my_sessions(
    session: Read, caller: AnyCaller, machine_now: MachineNow, paging: PageAsked
) -> Page[Session]:
    """The caller's sessions."""
    found = await own_account.sessions_of(session, caller=caller, machine_now=machine_now, paging=paging)
    items = [Session(**vars(each), is_current=each.id == caller.session_id) for each in found.items]
    return Page[Session](items=items, next=found.next)


@routes.delete("/sessions", status_code=204, summary="End my other sessions")
async def end_my_other_sessions(uow: AnyCallerUnitOfWork, machine_now: MachineNow) -> None:
    """Ends all sessions of the caller except this one."""
    await own_account.end_other_sessions(uow, machine_now=machine_now)


@routes.delete("/sessions/{session_id}", status_code=204, summary="End one of my sessions")
async def end_my_session(session_id: UUID, uow: AnyCallerUnitOfWork, machine_now: MachineNow) -> None:
    """Ends one session of the caller; within seconds its tokens are refused for approvals and payments."""
    await own_account.end_session(uow, session_id=session_id, machine_now=machine_now)


async def _me(session: ReadSession, caller: Caller, today: date) -> Me:
    found = await own_account.who_am_i(session, caller=caller, day=today)
    account, employee = found.account, found.employee
    return Me(
        account_id=account.id,
        login=account.login,
        name=account.name,
        language=account.language,
        roles=list(found.roles),
        role_assignments=[MyRole.model_validate(each) for each in account.roles],
        employee=person_ref(employee) if employee else None,
        assignment=_assignment(employee.main_assignment) if employee and employee.main_assignment else None,
        manager=person_ref(found.manager) if found.manager else None,
        revision=account.revision,
    )


def _assignment(held: MainAssignment) -> MyAssignment:
    return MyAssignment(
        id=held.assignment_id,
        kind=held.kind,
        position=PositionRef(id=held.position_id, code=held.position_code),
        title=held.title,
        title_en=held.title_en,
        unit=UnitRef.model_validate(held.unit) if held.unit else None,
        unit_path=list(held.unit_path),
    )
