"""Documents to take away."""

from datetime import UTC, datetime
from typing import Final

import pytest

from services.kit.files.typesetting import typeset

MADE_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
ENGLISH: Final = b'#let data = json(bytes(sys.inputs.data))\n#set text(font: sys.inputs.font, lang: "en")\n'


@pytest.mark.req("INC-16", "APR-08")
async def test_chinese_names_in_an_english_document_are_set_as_on_the_mainland() -> None:
    name = {"name": "大客户部。直、骨"}
    as_it_is = await typeset(ENGLISH + b"Unit #data.name", name, made_at=MADE_AT)
    marked = await typeset(ENGLISH + b'Unit #text(lang: "zh", region: "cn", data.name)', name, made_at=MADE_AT)
    assert as_it_is == marked
