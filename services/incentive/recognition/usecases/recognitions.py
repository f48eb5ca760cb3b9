"""Granting what is not money, and its certificate (INC-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.incentive.pay.store import pay_profiles as people_store
from services.incentive.pay.store.tables import PersonRow
from services.incentive.pay.store.units import units
from services.incentive.pay.usecases.pay_profiles import OutsideYourUnits
from services.incentive.recognition.domain.recognition import (
    PUBLIC,
    RECOGNITION,
    Certificate,
    Granted,
    RecognitionAction,
    RecognitionKind,
    RecognitionState,
    certificate_of,
)
from services.incentive.recognition.store import recognitions as store
from services.incentive.recognition.store.recognitions import RecognitionFilter, RecognitionOfPerson
from services.incentive.recognition.store.tables import RecognitionRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, Forbidden, Invalid, Language, NotFound, Stale, Text, existing
from services.kit.identity import Caller, Role
from services.kit.work.history import Decision, advance, last_decisions, trail_of
from services.kit.work.unit_of_work import UnitOfWork

NAMELESS: Final = Text("", "")
READERS: Final = (Role.HR, Role.COMPENSATION, Role.TALENT, Role.AUDITOR)


class RecognitionUnknown(NotFound):
    """No such recognition, or none that the caller may see."""

    code = "recognition_unknown"
    zh = "找不到该记录，或您无权查看。"
    en = "There is no such recognition, or you may not see it."


class RecognitionExists(Conflict):
    """Another certificate has this number."""

    code = "recognition_exists"
    zh = "证书编号 {number} 已被使用，请更换编号。"
    en = "The number {number} is taken by another certificate; choose another one."


class RecognitionUnsound(Invalid):
    """The person is not known, or the days contradict each other."""

    code = "recognition_unsound"
    zh = "授予内容有误，请按下列提示修改。"
    en = "The recognition is not valid; correct it as follows."


class OwnRecognition(Forbidden):
    """Nobody grants or withdraws what is their own."""

    code = "own_recognition"
    zh = "不能为本人办理授予或撤回，请由其他同事办理。"
    en = "You cannot grant a recognition to yourself or withdraw your own; ask a colleague."


class CertificateWithdrawn(Conflict):
    """What was withdrawn has no certificate any more."""

    code = "certificate_withdrawn"
    zh = "该项授予已撤回，不再提供证书。"
    en = "The recognition was withdrawn, so its certificate is no longer available."


@dataclass(frozen=True)
class RecognitionDetails:
    """What was granted, and to whom; ``withdrawal`` for the person and HR."""

    row: RecognitionRow
    person: PersonRow
    withdrawal: Decision | None


async def grant(
    uow: UnitOfWork,
    *,
    code: str,
    employee_number: str,
    kind: RecognitionKind,
    name: Text,
    reason: Text,
    granted_on: date,
    valid_to: date | None,
) -> RecognitionDetails:
    """Grant a recognition to a person.

    Raises:
        RecognitionUnsound, OutsideYourUnits, OwnRecognition, RecognitionExists.
    """
    person = await _recognised(uow, employee_number, granted_on, valid_to)
    _require_office(uow.caller, person)
    row = RecognitionRow(
        id=new_id(),
        code=code,
        employee_id=person.employee_id,
        kind=kind.value,
        name=name.zh,
        name_en=name.en,
        reason=reason.zh,
        reason_en=reason.en,
        granted_on=granted_on,
        valid_to=valid_to,
        state=RecognitionState.GRANTED.value,
        revision=1,
        entered_at=uow.now,
        entered_by=uow.caller.account_id,
        entered_by_name=uow.caller.name,
    )
    try:
        async with uow.session.begin_nested():
            await store.add(uow.session, row)
    except IntegrityError as clash:
        raise RecognitionExists(number=code) from clash
    about = {"code": code, "kind": kind.value}
    await uow.record("incentive.recognition.granted", subject=("recognition", row.id), after=about, data=about)
    return RecognitionDetails(row, person, None)


async def _recognised(uow: UnitOfWork, employee_number: str, granted_on: date, valid_to: date | None) -> PersonRow:
    """Who is granted something on these days.

    Raises:
        RecognitionUnsound: nobody has the number, or the days are reversed.
    """
    person = (await people_store.people(uow.session, [employee_number])).get(employee_number)
    faults = []
    if person is None:
        faults.append(FieldError("/employee_number", employee_number, Text("在册员工工号", "a known employee")))
    if valid_to is not None and valid_to < granted_on:
        expected = Text(f"不早于 {granted_on}", f"not before {granted_on}")
        faults.append(FieldError("/valid_to", str(valid_to), expected))
    if faults or person is None:
        raise RecognitionUnsound(field_errors=faults)
    return person


async def withdraw(uow: UnitOfWork, *, recognition_id: UUID, revision: int, reason: str) -> RecognitionDetails:
    """Take back what was granted in error.

    Raises:
        RecognitionUnknown, OutsideYourUnits, OwnRecognition, TransitionNotPossible, Stale.
    """
    await store.lock(uow.session, recognition_id)
    seen = await read(uow.session, caller=uow.caller, recognition_id=recognition_id)
    row, person = seen.row, seen.person
    _require_office(uow.caller, person)
    move = RECOGNITION.next(RecognitionState(row.state), RecognitionAction.WITHDRAW, uow.caller.roles)
    if row.revision != revision:
        raise Stale
    await advance(uow, RecognitionRow, recognition_id, move, note=reason)
    trail = trail_of(move.source.value, move.target.value, revision=revision, code=row.code, reason=reason)
    await uow.record("incentive.recognition.withdrawn", subject=("recognition", recognition_id), **trail)
    return await read(uow.session, caller=uow.caller, recognition_id=recognition_id)


async def read(session: ReadSession, *, caller: Caller, recognition_id: UUID) -> RecognitionDetails:
    """A recognition: honours and titles are for every employee, the rest for the person and HR.

    Raises:
        RecognitionUnknown.
    """
    found = existing(await store.one(session, recognition_id), RecognitionUnknown)
    if found[0].kind not in PUBLIC and not _sees_all_of(caller, *found):
        raise RecognitionUnknown
    return (await _detailed(session, caller, [found]))[0]


async def list_recognitions(
    session: ReadSession, *, caller: Caller, kind: RecognitionKind | None, employee_number: str | None, paging: Paging
) -> Rows[RecognitionDetails]:
    """Those that the caller may read, in the order in which they were entered."""
    wanted = RecognitionFilter(kind, employee_number, caller.employee_id, caller.units_of(*READERS))
    rows = await store.listed(session, wanted, paging)
    return Rows(await _detailed(session, caller, rows.items), rows.next)


async def read_certificate(
    session: ReadSession, *, caller: Caller, recognition_id: UUID, language: Language
) -> tuple[RecognitionDetails, Certificate]:
    """The text of the certificate, for everyone who may read the recognition.

    Raises:
        RecognitionUnknown, CertificateWithdrawn.
    """
    details = await read(session, caller=caller, recognition_id=recognition_id)
    row, person = details.row, details.person
    if row.state != RecognitionState.GRANTED:
        raise CertificateWithdrawn
    known = await units(session, person.unit_path)
    path = [known[each] for each in person.unit_path if each in known]
    issuer, unit = [Text(each.name, each.name_en) for each in (path[0], path[-1])] if path else (NAMELESS, NAMELESS)
    granted = Granted(
        code=row.code,
        kind=RecognitionKind(row.kind),
        name=Text(row.name, row.name_en),
        reason=Text(row.reason, row.reason_en),
        person=person.name,
        unit=NAMELESS if unit == issuer else unit,
        issuer=issuer,
        granted_on=row.granted_on,
        valid_to=row.valid_to,
    )
    return details, certificate_of(granted, language)


def _sees_all_of(caller: Caller, row: RecognitionRow, person: PersonRow) -> bool:
    return caller.employee_id == row.employee_id or caller.has_over(person.unit_path, *READERS)


async def _detailed(
    session: ReadSession, caller: Caller, found: Sequence[RecognitionOfPerson]
) -> list[RecognitionDetails]:
    seen = [row.id for row, person in found if _sees_all_of(caller, row, person)]
    withdrawals = await last_decisions(session, RecognitionRow, seen, RecognitionAction.WITHDRAW)
    return [RecognitionDetails(row, person, withdrawals.get(row.id)) for row, person in found]


def _require_office(caller: Caller, person: PersonRow) -> None:
    if not caller.has_over(person.unit_path, Role.HR):
        raise OutsideYourUnits(number=person.number)
    if caller.employee_id == person.employee_id:
        raise OwnRecognition
