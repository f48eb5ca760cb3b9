"""Schemes: versioned, effective-dated, with weights that sum to exactly 100 (APR-02)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.library.store import schemes as store
from services.appraisal.library.store.tables import IndicatorRow
from services.kit.database import ReadSession, WriteSession, new_id
from services.kit.database import period as stored_period
from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork


class IndicatorUnknown(Invalid):
    """A scheme names an indicator that the library does not have."""

    code = "indicator_unknown"
    zh = "指标库中没有指标“{found}”。"
    en = "The library has no indicator '{found}'."


class NotLaterVersion(Conflict):
    """A new version of a scheme does not begin after the version before it."""

    code = "not_later_version"
    zh = "考核方案“{scheme}”的现行版本自 {first} 起生效，新版本须自其后生效。"
    en = "The present version of the scheme '{scheme}' is valid from {first}; a new one must start later."


class SubjectCovered(Conflict):
    """A position or unit would fall under two schemes of the same frequency."""

    code = "subject_covered"
    zh = "“{subject}”同期已适用考核方案“{other}”，请先从其中移除。"
    en = "'{subject}' is under the scheme '{other}' in that period; remove it from there first."


@dataclass(frozen=True)
class Place:
    """Where a new version stands: its number and the version that it takes over from."""

    version: int
    previous_id: UUID | None


async def library(session: ReadSession, *, codes: Collection[str]) -> dict[str, IndicatorRow]:
    """The newest versions of the indicators that a scheme names.

    Raises:
        IndicatorUnknown: naming those that are not there.
    """
    found = await indicator_store.latest(session, codes)
    gone = sorted(set(codes) - set(found))
    if gone:
        expected = Text("指标库中已有的编码", "the code of an indicator in the library")
        raise IndicatorUnknown(
            found=", ".join(gone), field_errors=[FieldError("/sections", code, expected) for code in gone]
        )
    return found


async def next_place(session: WriteSession, *, code: str, valid_from: date) -> Place:
    """The number of the next version, once it is sure that it begins after the present one.

    Raises:
        NotLaterVersion: it does not.
    """
    last = await store.last_version(session, code)
    if last is None:
        return Place(1, None)
    first = stored_period(last.valid).start
    if valid_from <= first:
        expected = Text(f"晚于 {first}", f"later than {first}")
        raise NotLaterVersion(
            scheme=code, first=first, field_errors=[FieldError("/valid_from", str(valid_from), expected)]
        )
    return Place(last.version + 1, last.id)


async def add(
    uow: UnitOfWork,
    *,
    scheme: Scheme,
    place: Place,
    valid_from: date,
    subjects: Sequence[str],
) -> UUID:
    """Store a scheme's next version and end the one before it. Running cycles keep theirs.

    Raises:
        SubjectCovered: naming the subject and the other scheme.
    """
    valid = Period(valid_from)
    if place.previous_id is not None:
        await store.end_before(uow.session, place.previous_id, valid_from)
    covered = await store.covering(
        uow.session, kind=scheme.subject_kind, codes=subjects, frequency=scheme.frequency.value, valid=valid
    )
    if covered:
        field_errors = [
            FieldError("/subjects", subject, Text(f"不在考核方案“{other}”中", f"not under {other}"))
            for subject, other in covered
        ]
        raise SubjectCovered(subject=covered[0][0], other=covered[0][1], field_errors=field_errors)
    scheme_id = new_id()
    await store.add(
        uow.session,
        scheme_id=scheme_id,
        scheme=scheme,
        valid=valid,
        subjects=subjects,
        values={"created_at": uow.now},
    )
    after = {"code": scheme.code, "version": scheme.version, "valid_from": valid_from.isoformat()}
    await uow.audit("appraisal.scheme.added", subject=("scheme", scheme_id), after=after)
    return scheme_id
