"""Before the quarter: the organisation is imported, everybody gets an account."""

from typing import Any, TypeVar

from examples.story import days
from examples.story.files import Account
from examples.story.gateway import Person, together
from examples.story.stage import Stage
from services.kit.errors import Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACCOUNTS = "/v1/org/accounts"
ROLE_ASSIGNMENTS = "/v1/org/role_assignments"
AT_A_TIME = 50
SET_AT_ONCE = 4  # hashing passwords is slow on purpose

T = TypeVar("T")


async def set_up(stage: Stage) -> None:
    """The HR manager gets in first, imports the organisation, is linked to it; the others follow."""
    stage.clock.set(days.OPENING)
    first = next(account for account in stage.company.accounts if account.login == stage.hr.login)
    if not await stage.administrator.items(ACCOUNTS, login=first.login):
        made = await stage.administrator.post(ACCOUNTS, _new(stage, first, linked=False))
        await stage.gateway.accept(made["invitation"]["token"], stage.password)
        await _release_roles(stage)
        stage.say(
            f"系统管理员为人力资源开通账号 {first.login}", f"the administrator made the account {first.login} for HR"
        )
    await _import(stage)
    await _link(stage, first)
    known = {account["login"] for account in await stage.administrator.items(ACCOUNTS)}
    new = [_new(stage, account) for account in stage.company.accounts if account.login not in known]
    for batch in _batches(new):
        await stage.administrator.post(f"{ACCOUNTS}/bulk", {"items": batch})
    await _set_passwords(stage)
    await _release_roles(stage)
    stage.say(f"{len(stage.company.accounts)} 人可以登录", f"{len(stage.company.accounts)} people can sign in")


async def _set_passwords(stage: Stage) -> None:
    """Everybody who has no password yet is invited, and sets one."""
    waiting = [account["id"] for account in await stage.administrator.items(ACCOUNTS, state="invited")]
    for batch in _batches(waiting):
        invited = await stage.administrator.post(f"{ACCOUNTS}/invitations", {"account_ids": batch})
        accepted = (stage.gateway.accept(each["token"], stage.password) for each in invited["items"])
        await together(accepted, at_once=SET_AT_ONCE)


async def _release_roles(stage: Stage) -> None:
    """What one administrator proposed another releases, once the owners have their accounts."""
    for each in await stage.second_administrator.items(ROLE_ASSIGNMENTS, state="proposed"):
        path = f"{ROLE_ASSIGNMENTS}/{each['id']}"
        await stage.second_administrator.post(f"{path}/release", tag=f'"{each["revision"]}"')


def _batches(items: list[T]) -> list[list[T]]:
    return [items[start : start + AT_A_TIME] for start in range(0, len(items), AT_A_TIME)]


async def _import(stage: Stage) -> None:
    """As a trial first; then all or nothing."""
    if await stage.hr.items("/v1/org/units", code=stage.company.root):
        return
    book = stage.company.organisation()
    trial = await stage.hr.send("/v1/org/imports", book, XLSX, dry_run="true")
    for fault in trial["errors"]:
        place = f"{fault['sheet']} {fault['row']} {fault['column']}: {fault['found']}"
        stage.say(f"{place}；应为 {fault['expected']}", f"{place}; expected {fault['expected']}")
    counts, errors = _counts(trial), trial["error_count"]
    stage.say(
        f"组织文件试导入：{counts.zh}，{errors} 处错误",
        f"trial of the organisation's import: {counts.en}, {errors} errors",
    )
    done = await stage.hr.send("/v1/org/imports", book, XLSX)
    counts = _counts(done)
    stage.say(f"组织已导入：{counts.zh}", f"the organisation is imported: {counts.en}")


SHEETS = {"units": "个单元", "positions": "个岗位", "employees": "名员工", "assignments": "条任职"}
LIBRARIES = {"indicators": "指标", "schemes": "考核方案"}


def _counts(answer: dict[str, Any]) -> Text:
    made = {name: answer[name]["created"] for name in SHEETS}
    return Text(
        "、".join(f"{made[name]} {words}" for name, words in SHEETS.items()),
        ", ".join(f"{made[name]} {name}" for name in SHEETS),
    )


async def _link(stage: Stage, account: Account) -> None:
    (held,) = await stage.administrator.items(ACCOUNTS, login=account.login)
    if held["employee_id"] is None:
        path = f"{ACCOUNTS}/{held['id']}"
        tag = (await stage.administrator.read(path)).headers["ETag"]
        await stage.administrator.patch(path, {"employee_number": account.number}, tag=tag)
        await _release_roles(stage)
        stage.hr.renew()


def _new(stage: Stage, account: Account, *, linked: bool = True) -> dict[str, Any]:
    name = stage.company.names.get(account.number or "", account.login)
    roles = [{"role": role, "unit_code": unit} for role, unit in account.role_assignments]
    new: dict[str, Any] = {"login": account.login, "name": name, "role_assignments": roles}
    return new | ({"employee_number": account.number} if linked and account.number else {})


async def fill_library(stage: Stage, person: Person, path: str, bodies: list[dict[str, Any]]) -> None:
    """Add what is not there yet, one after the other in no order."""
    known = {row["code"] for row in await person.items(path)}
    await together(person.post(path, body) for body in bodies if body["code"] not in known)
    name = path.rpartition("/")[2]
    stage.say(f"{len(bodies)} 个{LIBRARIES[name]}已入库", f"{len(bodies)} {name} are in the library")
