"""/v1/appraisal/schemes/{id}/replace: mending a version that no cycle uses yet (APR-02)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.appraisal.cycles.usecases.scheme_replacement import replace_scheme as replace
from services.appraisal.library.api.schemes import Scheme, SchemeContent
from services.appraisal.library.usecases import schemes
from services.appraisal.permissions import HrUnitOfWork
from services.kit.fields import Day
from services.kit.web.routing import located, router


class SchemeReplacement(SchemeContent):
    """A corrected version in the place of one that no cycle uses."""

    valid_from: Day | None = Field(
        default=None,
        description="First day, if it is to begin earlier than the replaced version.",
        examples=["2026-01-01"],
    )


routes = router("/v1/appraisal/schemes", tag="schemes")


@routes.post("/{scheme_id}/replace", summary="Replace a version", status_code=201)
@located("/v1/appraisal/schemes/{id}")
async def replace_scheme(
    scheme_id: Annotated[UUID, Path(description="Id of the version that was seen and is to be replaced.")],
    body: SchemeReplacement,
    uow: HrUnitOfWork,
) -> Scheme:
    """Replaces the newest version while no cycle uses it, from its own first day on or from an earlier one.

    The old one is kept as superseded; where it is to begin earlier, the version before it ends earlier too.
    """
    code = (await schemes.get(uow.session, scheme_id)).scheme.code
    draft = body.draft(code)
    version = await replace(uow, scheme_id=scheme_id, draft=draft, subjects=body.subjects, valid_from=body.valid_from)
    return Scheme.of(version)
