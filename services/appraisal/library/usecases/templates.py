"""Applying the starter indicators and schemes, so that an empty library has a beginning (APR-01, APR-02)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from services.appraisal.library.domain.indicator import Indicator
from services.appraisal.library.domain.scheme import COVERED_BY
from services.appraisal.library.domain.scheme_version import SchemeVersion
from services.appraisal.library.domain.templates import LibraryTemplates
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.library.store.templates import starter_templates
from services.appraisal.library.usecases import indicators, schemes
from services.kit.work.unit_of_work import UnitOfWork


def library() -> LibraryTemplates:
    """Everything that can be applied."""
    return starter_templates()


async def apply_indicators(uow: UnitOfWork, *, codes: Collection[str]) -> list[Indicator]:
    """Add the indicators of those codes, or all, unless the library has them; answers those that were added.

    Raises:
        TemplateUnknown: there is no template of one of the codes.
    """
    templates = library()
    wanted = templates.indicators_of(codes) if codes else templates.indicators
    known = await indicator_store.latest(uow.session, [template.code for template in wanted])
    missing = [template for template in wanted if template.code not in known]
    return [await indicators.create(uow, code=template.code, facts=template.facts) for template in missing]


async def apply_scheme(
    uow: UnitOfWork,
    *,
    template: str,
    code: str | None,
    valid_from: date,
    covered: Mapping[str, Sequence[str]],
) -> SchemeVersion:
    """Add a scheme by its template, with the indicators that are missing. ``covered``: the codes by ``COVERED_BY``.

    Raises:
        TemplateUnknown: there is no such template.
        NotLaterVersion, SubjectCovered: as for any new scheme.
    """
    draft = library().scheme(template).draft(code)
    subjects = covered[COVERED_BY[draft.subject_kind]]
    await apply_indicators(uow, codes=draft.indicators)
    return await schemes.create(uow, draft=draft, valid_from=valid_from, subjects=subjects)
