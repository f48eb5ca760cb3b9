"""Replacing a version of a scheme for its day while no cycle uses it (APR-02)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.appraisal.cycles.store import forms as form_store
from services.appraisal.library.domain.scheme_draft import SchemeDraft
from services.appraisal.library.domain.scheme_version import SchemeVersion
from services.appraisal.library.usecases import schemes
from services.kit.errors import Conflict
from services.kit.work.unit_of_work import UnitOfWork


class SchemeInUse(Conflict):
    """A cycle appraises by this version already."""

    code = "scheme_in_use"
    zh = "考核周期“{cycle}”已使用该方案版本，不能替换；请另建自更晚日期起生效的新版本。"
    en = "The cycle '{cycle}' uses this version, so it cannot be replaced; add a version that starts later."


async def replace_scheme(
    uow: UnitOfWork, *, scheme_id: UUID, draft: SchemeDraft, subjects: Sequence[str], valid_from: date | None
) -> SchemeVersion:
    """Let a corrected version hold in the place of the newest one, from the same day on or from an earlier one.

    Cancelled cycles do not count.

    Raises:
        NoScheme, NotNewestVersion: as they say.
        SchemeInUse: naming a cycle whose forms go by it.
        NotEarlierDay, NotLaterVersion: as they say.
        IndicatorUnknown, WeightsNotHundred, SchemeBroken, SubjectCovered: what the draft itself does not allow.
    """
    replaced = await schemes.hold_newest(uow, scheme_id)
    cycle = await form_store.cycle_using(uow.session, scheme_id)
    if cycle is not None:
        raise SchemeInUse(cycle=cycle)
    return await schemes.replace(uow, replaced=replaced, draft=draft, subjects=subjects, valid_from=valid_from)
