"""Who somebody is, and what they do with their own account (ORG-12)."""

from datetime import date, datetime
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.kit.callers import AnyCaller, AnyCallerUnitOfWork
from services.kit.database import ReadSession
from services.kit.fields import Id, Model
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import keeps_no_body, router
from services.kit.web import IfMatch, Now, PageAsked, Read, Today, tag
from services.org.identity.api.sign_ins import TAKES_TURNS, InTurn, Secret
from services.org.identity.domain.account import AccountLanguage
from services.org.identity.usecases import own_account
from services.org.people.domain.employee import MainAssignment
from services.org.schemas import EntityId, MachineNow, PersonRef, PositionRef, RevisionNumber, UnitRef, person_ref
from services.org.structure.domain.occupancy import AssignmentKind

routes = router("/v1/org/me", tag="me")


class MyRole(Model):
    """A role of the caller."""

    role: Role = Field(description="The role.", examples=["hr"])
    unit_id: Id | None = Field(description="Over which unit and everything beneath it; null: over everything.")
    unit_code: str | None = Field(description="Code of that unit.", examples=["SALES"])


class MyAssignment(Model):
    """Where the caller mainly works today."""

    id: EntityId
    kind: AssignmentKind = Field(description="Primary, or a rotation while it runs.", examples=["primary"])
    position: PositionRef = Field(description="The position.")
    title: str | None = Field(description="Title of the position.", examples=["区域销售经理"])
    unit: UnitRef | None = Field(description="Its unit.")
    unit_path: list[Id] = Field(description="Ids of the units from the root down to that unit.")


class Me(Model):
    """Who the caller is."""

    account_id: Id = Field(description="Id of the account.")
    login: str = Field(description="What the caller signs in with.", examples=["li.ting"])
    name: str = Field(description="Name of the account.", examples=["李婷"])
    language: AccountLanguage | None = Field(
        description="In which language the caller wants to read; null: as the browser asks.", examples=["zh"]
    )
    roles: list[Role] = Field(description="Every role held anywhere.", examples=[["employee", "hr"]])
    role_assignments: list[MyRole] = Field(description="The roles with their units.")
    employee: PersonRef | None = Field(description="The employee who signs in, while employed; null: none.")
    assignment: MyAssignment | None = Field(description="The main assignment today; null: none.")
    manager: PersonRef | None = Field(description="Whom the caller reports to; null: nobody.")
    revision: RevisionNumber


class MyChange(Model):
    """What the caller sets of the own account."""

    language: AccountLanguage | None = Field(
        description="In which language to read; null: as the browser asks.", examples=["en"]
    )


class PasswordChange(Model):
    """Another password, by who knows the present one."""

    current_password: Secret = Field(description="The password so far.")
    new_password: Secret = Field(description="12 characters or more, hard to guess, without login or name in it.")


class Session(Model):
    """One place where the caller is signed in."""

    id: EntityId
    started_at: datetime = Field(description="When the password was given.")
    renewed_at: datetime = Field(description="Its last sign of life.")
    ends_at: datetime = Field(description="When the password must be given again.")
    address: str = Field(description="Network address from which it began.", examples=["192.0.2.17"])
    user_agent: str = Field(description="What the program called itself.", examples=["Mozilla/5.0"])
    is_current: bool = Field(description="Whether it is the one that asks.", examples=[True])


@routes.get("", summary="Who am I")
async def get_me(session: Read, caller: AnyCaller, today: Today, response: Response) -> Me:
    """The caller's account, roles, assignment, unit and manager today."""
    return await _me(session, caller, today, response)


@routes.patch("", summary="Set my language")
async def update_me(body: MyChange, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response) -> Me:
    """Set in which language to read."""
    await own_account.set_language(uow, language=body.language, expected_revision=revision)
    await uow.session.flush()
    return await _me(uow.session, uow.caller, uow.today, response)


@routes.post("/password", status_code=204, summary="Change my password", openapi_extra=TAKES_TURNS)
@keeps_no_body
async def change_my_password(
    body: PasswordChange, caller: AnyCaller, sessions: InTurn, now: Now, machine_now: MachineNow, today: Today
) -> None:
    """Change the own password. All other sessions end; this one goes on with its refresh token."""
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
    """Where the caller is signed in."""
    found = await own_account.sessions_of(session, caller=caller, machine_now=machine_now, paging=paging)
    items = [Session(**vars(each), is_current=each.id == caller.session_id) for each in found.items]
    return Page[Session](items=items, next=found.next)


@routes.delete("/sessions", status_code=204, summary="End my other sessions")
async def end_my_other_sessions(uow: AnyCallerUnitOfWork, machine_now: MachineNow) -> None:
    """Sign out everywhere but here."""
    await own_account.end_other_sessions(uow, machine_now=machine_now)


@routes.delete("/sessions/{session_id}", status_code=204, summary="End one of my sessions")
async def end_my_session(session_id: UUID, uow: AnyCallerUnitOfWork, machine_now: MachineNow) -> None:
    """Sign out somewhere; within seconds its tokens no longer count where something is approved or paid."""
    await own_account.end_session(uow, session_id=session_id, machine_now=machine_now)


async def _me(session: ReadSession, caller: Caller, today: date, response: Response) -> Me:
    found = await own_account.who_am_i(session, caller=caller, day=today)
    tag(response, found.account.revision)
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
        unit=UnitRef.model_validate(held.unit) if held.unit else None,
        unit_path=list(held.unit_path),
    )
