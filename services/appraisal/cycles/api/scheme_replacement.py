"""/v1/appraisal/schemes/{id}/replace: mending a version that no cycle uses yet (APR-02)."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.appraisal.cycles.usecases.scheme_replacement import replace_scheme as replace
from services.appraisal.library.api.schemes import Scheme, SchemeContent
from services.appraisal.library.usecases import schemes
from services.appraisal.permissions import HrUnitOfWork
from services.kit.routing import router

routes = router("/v1/appraisal/schemes", tag="schemes")


@routes.post("/{scheme_id}/replace", summary="Replace a version", status_code=201)
async def replace_scheme(
    scheme_id: Annotated[UUID, Path(description="Id of the version that was seen and is to be replaced.")],
    body: SchemeContent,
    uow: HrUnitOfWork,
    response: Response,
) -> Scheme:
    """Replaces the newest version from its own first day on, while no cycle uses it; the old one is kept as
    superseded.
    """
    code = (await schemes.get(uow.session, scheme_id)).scheme.code
    version = await replace(uow, scheme_id=scheme_id, draft=body.draft(code), subjects=body.subjects)
    response.headers["Location"] = f"/v1/appraisal/schemes/{version.id}"
    return Scheme.of(version)
