"""Documents to take away."""

from datetime import UTC, datetime
from typing import Final

import pytest

from services.kit.files.typesetting import typeset

MADE_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
HEAD: Final = "#let data = json(bytes(sys.inputs.data))\n#set text(font: sys.inputs.font, {})\n"
MAINLAND: Final = 'text(lang: "zh", region: "cn", script: "hani", {})'


@pytest.mark.req("INC-16", "APR-08")
@pytest.mark.parametrize("language", ['lang: "en"', 'lang: "zh", region: "cn"'])
async def test_chinese_is_set_as_on_the_mainland_in_either_language_between_figures_too(language: str) -> None:
    data, head = {"name": "大客户部。直、骨", "comma": "，", "both": "31，90"}, HEAD.format(language)
    as_it_is = await typeset(f"{head}Unit #data.name #data.both".encode(), data, made_at=MADE_AT)
    name, comma = (MAINLAND.format(f"data.{each}") for each in ("name", "comma"))
    marked = await typeset(f"{head}Unit #{name} 31#{comma}90".encode(), data, made_at=MADE_AT)
    assert as_it_is == marked
