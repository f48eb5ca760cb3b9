"""/v1/appraisal/briefs/{id}/page and /brief.pdf: a monthly brief as people read it (APR-08)."""

from dataclasses import asdict
from pathlib import Path
from typing import Final

from fastapi import Response
from pydantic import Field

from services.appraisal.briefs.api.briefs import BriefPath
from services.appraisal.briefs.domain.brief_page import page_of
from services.appraisal.briefs.usecases import briefs
from services.appraisal.permissions import AnyCaller
from services.kit.errors import Language, Text
from services.kit.fields import Model
from services.kit.files.documents import PDF_ANSWER, document_answer
from services.kit.web.application import AcceptedLanguage, Context, Read, Today
from services.kit.web.routing import router

routes = router("/v1/appraisal/briefs", tag="briefs")

_TEMPLATE: Final = Path(__file__).with_name("brief.typ").read_bytes()
_NAME: Final = Text("月度工作简报", "brief")


class BriefPage(Model):
    """A brief ready to be shown, from top to bottom, in one language."""

    language: Language = Field(description="The language, by Accept-Language.", examples=["zh"])
    title: str = Field(description="The title.", examples=["月度工作简报"])
    subtitle: str = Field(description="Unit and month.", examples=["华东大区 · 2026 年 3 月"])
    facts: list[tuple[str, str]] = Field(description="Names with their values.", examples=[[["单元", "华东大区"]]])
    headings: list[str] = Field(description="Headings of the four parts.", examples=[["一、指标达成"]])
    columns: list[str] = Field(description="Headings of the indicators' columns.", examples=[["指标", "本月实绩"]])
    indicators: list[list[str]] = Field(description="The indicators, row by row.", examples=[[["销售额", "310,000"]]])
    met: list[bool | None] = Field(
        description="Of each indicator, whether its target is met; null: not known.", examples=[[True]]
    )
    no_indicators: str = Field(
        description="What stands there without indicators.", examples=["本月没有单元指标的数据。"]
    )
    open_columns: list[str] = Field(description="Headings of what is open.", examples=[["事项", "责任人", "截止"]])
    open_rows: list[list[str]] = Field(
        description="What is open, row by row.", examples=[[["提交专项分析报告", "陈志强", "2026-04-08"]]]
    )
    nothing_open: str = Field(description="What stands there without any.", examples=["没有待办的督办事项。"])
    analysis: str = Field(description="What the figures mean.", examples=["转化率回升。"])
    measures: str = Field(description="Measures for the next month.", examples=["完成投放复盘。"])
    signature: str = Field(description="Who signed, in words.", examples=["陈志强 于 2026-04-03 10:00 签署"])
    hash: str = Field(description="Hash of what was signed; empty before.", examples=[""])


@routes.get("/{brief_id}/page", summary="Read a monthly brief as a page")
async def get_brief_page(
    brief_id: BriefPath, caller: AnyCaller, session: Read, context: Context, language: AcceptedLanguage, today: Today
) -> BriefPage:
    """The words and figures of the PDF; a frontend only lays them out."""
    found = await briefs.read(session, caller=caller, brief_id=brief_id, today=today)
    return BriefPage.model_validate({**asdict(page_of(found, language, context.zone)), "language": language})


@routes.get(
    "/{brief_id}/brief.pdf",
    response_class=Response,
    responses=PDF_ANSWER,
    summary="Download a monthly brief as PDF",
)
async def download_brief(
    brief_id: BriefPath, caller: AnyCaller, session: Read, context: Context, language: AcceptedLanguage, today: Today
) -> Response:
    """In the language asked for by Accept-Language; of a signed brief the same bytes each time."""
    found = await briefs.read(session, caller=caller, brief_id=brief_id, today=today)
    return await document_answer(
        _TEMPLATE,
        {**asdict(page_of(found, language, context.zone)), "reference": str(brief_id)},
        _NAME.in_language(language),
        found.unit_code,
        f"{found.month:%Y-%m}",
        language=language,
        made_at=found.signature.signed_at if found.signature else found.drafted_at,
    )
