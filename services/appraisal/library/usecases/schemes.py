"""Schemes: versioned, effective-dated, with weights that sum to exactly 100 (APR-02)."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from services.appraisal.library.domain.scheme import COVERED_BY, Frequency
from services.appraisal.library.domain.scheme_draft import SchemeDraft
from services.appraisal.library.domain.scheme_version import SchemeVersion
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.library.store import schemes as store
from services.appraisal.library.usecases.places import demand_subjects
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import Conflict, FieldError, NotFound, Text, existing
from services.kit.periods import Period
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork

REVIEW: Final = "scheme.review_weights"
"""The task of HR to look at the weights of a scheme again after half a year."""


class NoScheme(NotFound):
    """There is no such scheme."""

    code = "no_scheme"
    zh = "找不到该考核方案，请刷新列表后重试。"
    en = "There is no such scheme."


class NotLaterVersion(Conflict):
    """A new version of a scheme does not begin after the version before it."""

    code = "not_later_version"
    zh = "考核方案“{scheme}”的现行版本自 {first} 起生效，新版本须自其后生效。"
    en = "The present version of the scheme '{scheme}' is valid from {first}; a new one must start later."


class SubjectCovered(Conflict):
    """A position or unit would fall under two schemes of the same frequency."""

    code = "subject_covered"
    zh = "“{subject}”同期已适用考核方案“{other}”，请先从其中移除。"
    en = "'{subject}' is already covered by the scheme '{other}' in that period; remove it from there first."


class NotNewestVersion(Conflict):
    """An older version of a scheme would be replaced, or one that was replaced already."""

    code = "not_newest_version"
    zh = "只能替换考核方案“{scheme}”的最新版本，该版本已有后续版本；请刷新后重试。"
    en = "Only the newest version of the scheme '{scheme}' can be replaced; there is a newer one than this."


class NotEarlierDay(Conflict):
    """A replaced version would begin later, which leaves days without a scheme."""

    code = "not_earlier_day"
    zh = "考核方案“{scheme}”的该版本自 {first} 起生效，替换时只能提前，不能推后；如需推后，请另建新版本。"
    en = "This version of the scheme '{scheme}' is valid from {first}; it can begin earlier, but not later."


async def create(uow: UnitOfWork, *, draft: SchemeDraft, valid_from: date, subjects: Sequence[str]) -> SchemeVersion:
    """Add a scheme, or its next version, which ends the one before it. Running cycles keep theirs.

    Raises:
        SubjectsNotYours: it covers what lies beyond the caller's units, or the version before does.
        IndicatorUnknown, WeightsNotHundred, SchemeBroken: what the draft itself does not allow.
        NotLaterVersion: it does not begin after the present version.
        SubjectCovered: naming the subject and the other scheme.
    """
    previous = await store.last_version(uow.session, draft.code)
    await _demand_scope(uow, previous, draft, subjects)
    _demand_later(previous, valid_from)
    if previous is not None:
        await store.end_before(uow.session, previous.id, valid_from)
        await close_tasks(uow, REVIEW, subject=("scheme", previous.id))
    version = await _add(uow, previous, draft, valid_from, subjects)
    after = {"code": draft.code, "version": version.scheme.version, "valid_from": valid_from}
    await uow.audit("appraisal.scheme.created", subject=("scheme", version.id), after=after)
    return version


async def hold_newest(uow: UnitOfWork, scheme_id: UUID) -> SchemeVersion:
    """The newest version of a scheme, which no cycle begins to use until this transaction ends.

    Raises:
        NoScheme: there is none of that id.
        NotNewestVersion: another one has followed it.
    """
    seen = await get(uow.session, scheme_id)
    newest = await store.last_version(uow.session, seen.scheme.code)
    if newest is None or newest.id != scheme_id or newest.superseded_at or newest.valid.end:
        raise NotNewestVersion(scheme=seen.scheme.code)
    return newest


async def replace(
    uow: UnitOfWork, *, replaced: SchemeVersion, draft: SchemeDraft, subjects: Sequence[str], valid_from: date | None
) -> SchemeVersion:
    """Let another version hold in the place of one that is held and that no cycle uses, from its first day on.

    It can begin earlier, from ``valid_from`` on: the version before it then ends earlier too.

    Raises:
        SubjectsNotYours: either covers what lies beyond the caller's units.
        NotEarlierDay, NotLaterVersion: the first day lies after the replaced version's, or not after the one before.
        IndicatorUnknown, WeightsNotHundred, SchemeBroken: what the draft itself does not allow.
        SubjectCovered: naming the subject and the other scheme.
    """
    await _demand_scope(uow, replaced, draft, subjects)
    first = valid_from or replaced.valid.start
    await store.supersede(uow.session, replaced.id, now=uow.now)
    await close_tasks(uow, REVIEW, subject=("scheme", replaced.id))
    if first != replaced.valid.start:
        await _make_room(uow, replaced, first)
    version = await _add(uow, replaced, draft, first, subjects)
    was = {"version": replaced.scheme.version, "valid_from": replaced.valid.start}
    numbers = {"before": was, "after": {"version": version.scheme.version, "valid_from": first}}
    await uow.audit("appraisal.scheme.replaced", subject=("scheme", version.id), **numbers)
    return version


async def _make_room(uow: UnitOfWork, replaced: SchemeVersion, first: date) -> None:
    """End the version before a replaced one earlier, so that its successor begins on ``first``."""
    if first > replaced.valid.start:
        start = replaced.valid.start
        expected = Text(f"不晚于 {start}", f"not after {start}")
        field_errors = [FieldError("/valid_from", str(first), expected)]
        raise NotEarlierDay(scheme=replaced.scheme.code, first=start, field_errors=field_errors)
    before = await store.version_before(uow.session, replaced.scheme.code, replaced.valid.start)
    _demand_later(before, first)
    if before is not None:
        await store.end_before(uow.session, before.id, first)


async def get(session: ReadSession, scheme_id: UUID) -> SchemeVersion:
    """One version.

    Raises:
        NoScheme: there is none of that id.
    """
    return existing(await store.version(session, scheme_id), NoScheme)


async def list_versions(
    session: ReadSession,
    *,
    paging: Paging,
    code: str | None,
    subject: str | None,
    frequency: Frequency | None,
    as_of: date | None,
) -> Rows[SchemeVersion]:
    """Versions by code and number; ``subject`` is the code of a position or unit that they cover."""
    return await store.versions(session, paging, code=code, subject=subject, frequency=frequency, as_of=as_of)


async def _demand_scope(
    uow: UnitOfWork, previous: SchemeVersion | None, draft: SchemeDraft, subjects: Sequence[str]
) -> None:
    """HR over some units may neither cover anything elsewhere nor end a version that does."""
    await demand_subjects(uow.session, uow.caller, draft.subject_kind, subjects)
    if previous is not None:
        whole = await get(uow.session, previous.id)
        await demand_subjects(uow.session, uow.caller, whole.scheme.subject_kind, whole.subjects)


async def _add(
    uow: UnitOfWork, previous: SchemeVersion | None, draft: SchemeDraft, valid_from: date, subjects: Sequence[str]
) -> SchemeVersion:
    number = previous.scheme.version + 1 if previous else 1
    scheme = draft.scheme(number, await indicator_store.latest(uow.session, draft.indicators))
    version = SchemeVersion(new_id(), scheme, Period(valid_from), tuple(sorted(set(subjects))))
    await _demand_uncovered(uow.session, version)
    await store.add(uow.session, version, created_at=uow.now)
    return version


def _demand_later(previous: SchemeVersion | None, valid_from: date) -> None:
    if previous is not None and valid_from <= previous.valid.start:
        first = previous.valid.start
        expected = Text(f"晚于 {first}", f"later than {first}")
        raise NotLaterVersion(
            scheme=previous.scheme.code,
            first=first,
            field_errors=[FieldError("/valid_from", str(valid_from), expected)],
        )


async def _demand_uncovered(session: ReadSession, version: SchemeVersion) -> None:
    covered = await store.covering(session, version)
    if covered:
        field = f"/{COVERED_BY[version.scheme.subject_kind]}"
        field_errors = [
            FieldError(field, subject, Text(f"不在考核方案“{other}”中", f"not under {other}"))
            for subject, other in covered
        ]
        raise SubjectCovered(subject=covered[0][0], other=covered[0][1], field_errors=field_errors)
