"""What a file of accounts would change, and what is wrong with it (ORG-14). A row names an account and one role of it.

A file creates accounts, names and links them, and proposes roles; it takes nothing away, and an empty cell leaves what
is there.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from services.kit.errors import Text
from services.kit.files.cells import code, labelled, text
from services.kit.files.sheets import CellFault, Column, Line, SheetForm
from services.kit.identity import ROLE_NAMES, Caller, Role
from services.kit.release import ReleaseState
from services.org.identity.domain.account import Account
from services.org.structure.domain.code import distinct_from, skeleton

LOGIN, NAME, NUMBER, ROLE, UNIT = "登录名", "姓名", "工号", "角色", "范围单元编码"
FILE_ROLES: Final[Mapping[Role, Text]] = {
    role: name for role, name in ROLE_NAMES.items() if role not in {Role.MANAGER, Role.SERVICE}
}
"""The roles that a cell may name. Who is an employee is one anyway: that is no role to propose."""


class AccountLine(NamedTuple):
    """A row of the sheet."""

    login: str
    name: str | None
    number: str | None
    role: Role | None
    unit: str | None


ACCOUNT_SHEET: Final = SheetForm(
    "账号",
    (
        Column(LOGIN, "login", code(), english="Login"),
        Column(NAME, "name", text(), required=False, english="Name"),
        Column(NUMBER, "number", code(), required=False, english="Employee number"),
        Column(ROLE, "role", labelled(FILE_ROLES), required=False, english="Role"),
        Column(UNIT, "unit", code(), required=False, english="Over unit"),
    ),
    AccountLine,
    english="Accounts",
)

WantedRole = tuple[Role, str | None]
"""A role and the code of the unit over which it is held; None: over everything."""


@dataclass(frozen=True)
class Known:
    """What is stored of the logins, people and units that a file names.

    ``alike`` are the logins that could be taken for those of the file; ``holders`` whose account a person's is.
    """

    accounts: Mapping[str, Account]
    alike: Collection[str]
    people: Mapping[str, UUID]
    holders: Mapping[UUID, str]
    units: Collection[str]


@dataclass(frozen=True)
class AccountPlan:
    """What becomes of one account: ``known`` None is a new one; ``name`` and ``number`` None stay as they are."""

    login: str
    known: Account | None
    name: str | None
    number: str | None
    roles: tuple[WantedRole, ...]

    @property
    def is_change(self) -> bool:
        """Whether anything differs from what is stored."""
        return self.known is None or bool(self.name or self.number or self.roles)


@dataclass
class _Findings:
    faults: list[CellFault] = field(default_factory=list)

    def add(self, row: int, column: str, found: str | None, expected: Text) -> None:
        self.faults.append(CellFault(ACCOUNT_SHEET.name, row, column, found, expected))


def planned(
    lines: Sequence[Line[AccountLine]], known: Known, caller: Caller
) -> tuple[list[AccountPlan], list[CellFault]]:
    """What the rows of a file would change, and everything that is wrong with them."""
    findings = _Findings()
    by_login: dict[str, list[Line[AccountLine]]] = {}
    for line in lines:
        by_login.setdefault(line.value.login, []).append(line)
    _check_logins(by_login, known, findings)
    _check_people(by_login, known, findings)
    plans = []
    for login, its in by_login.items():
        account = known.accounts.get(login)
        name = _agreed(its, NAME, [(each.row, each.value.name) for each in its], findings)
        number = _agreed(its, NUMBER, [(each.row, each.value.number) for each in its], findings)
        roles = tuple(_new_roles(its, account, known, caller, findings))
        plan = AccountPlan(
            login,
            account,
            None if account is not None and name == account.name else name,
            None if account is not None and number == account.employee_number else number,
            roles,
        )
        plans.append(plan)
    return plans, sorted(findings.faults, key=lambda fault: fault.row)


def _agreed(
    its: Sequence[Line[AccountLine]], column: str, said: Sequence[tuple[int, str | None]], findings: _Findings
) -> str | None:
    """The value that the rows of one account give; two rows must not differ."""
    given = [(row, value) for row, value in said if value is not None]
    for row, value in given[1:]:
        if value != given[0][1]:
            expected = Text(f"与第 {given[0][0]} 行相同", f"the same as in row {given[0][0]}")
            findings.add(row, column, value, expected)
    return given[0][1] if given else None


def _check_logins(by_login: Mapping[str, Sequence[Line[AccountLine]]], known: Known, findings: _Findings) -> None:
    taken = {skeleton(login): login for login in known.alike}
    for login, its in by_login.items():
        other = taken.setdefault(skeleton(login), login)
        if other != login:
            findings.add(its[0].row, LOGIN, login, distinct_from(other))


def _check_people(by_login: Mapping[str, Sequence[Line[AccountLine]]], known: Known, findings: _Findings) -> None:
    """Each number is that of an employee who has no other account, and an account keeps the employee it has."""
    holders = dict(known.holders)
    for login, its in by_login.items():
        account = known.accounts.get(login)
        for line in its:
            number = line.value.number
            if number is None:
                continue
            person = known.people.get(number)
            expected = Text("尚无账号的员工工号", "number of an employee without an account")
            if person is None or holders.setdefault(person, login) != login:
                findings.add(line.row, NUMBER, number, expected)
            elif account is not None and account.employee_id not in {None, person}:
                linked = account.employee_number or ""
                kept = Text(f"该账号已关联的工号 {linked}", f"{linked}, the employee of this account")
                findings.add(line.row, NUMBER, number, kept)


def _new_roles(
    its: Sequence[Line[AccountLine]], account: Account | None, known: Known, caller: Caller, findings: _Findings
) -> Iterator[WantedRole]:
    held = (
        {(each.role, each.unit_code) for each in account.role_assignments if _is_there(each.state)}
        if account
        else set()
    )
    rows: dict[tuple[Role | None, str | None], int] = {}
    for line in its:
        role, unit = line.value.role, line.value.unit
        first = rows.setdefault((role, unit), line.row)
        if first != line.row:
            findings.add(
                line.row, ROLE, None, Text(f"与第 {first} 行不同的角色或范围", f"another role than in row {first}")
            )
        elif role is None or role is Role.EMPLOYEE:
            if unit is not None:
                findings.add(line.row, UNIT, unit, Text("没有角色时留空", "nothing where there is no role"))
        elif unit is not None and unit not in known.units:
            findings.add(line.row, UNIT, unit, Text("已有单元的编码", "the code of a unit"))
        elif (role, unit) not in held:
            if account is not None and _is_own(account, caller):
                expected = Text("他人的账号：本人的角色由其他系统管理员提出", "an account of another person")
                findings.add(line.row, ROLE, role.value, expected)
            else:
                yield role, unit


def _is_there(state: ReleaseState) -> bool:
    return state is not ReleaseState.REFUSED


def _is_own(account: Account, caller: Caller) -> bool:
    own_person = account.employee_id is not None and account.employee_id == caller.employee_id
    return account.id == caller.account_id or own_person
