"""Routes that give a document as PDF: the same media type, language and name of the file everywhere (PLT-06)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from fastapi import Response

from services.kit.errors import Language
from services.kit.files.attachment import attachment
from services.kit.files.typesetting import typeset

PDF: Final = "application/pdf"
PDF_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {PDF: {}}}}
_REGIONS: Final[Mapping[Language, str]] = {"zh": "cn", "en": "us"}


async def document_answer(
    template: bytes, data: Mapping[str, object], *name: str, language: Language, made_at: datetime
) -> Response:
    """A PDF to download, called by the parts of ``name``; see ``typeset``."""
    data = {**data, "lang": language, "region": _REGIONS[language]}
    content = await typeset(template, data, made_at=made_at)
    return Response(content, media_type=PDF, headers=attachment(*name, suffix="pdf"))
