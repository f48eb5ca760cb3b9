"""/v1/incentive/statements/{id}/page and /statement.pdf: a statement as people read it (INC-11, INC-16, INC-17)."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from fastapi import Response
from pydantic import Field

from services.incentive.statements.api.statements import StatementId
from services.incentive.statements.usecases import statements as usecases
from services.kit.callers import AnyCaller
from services.kit.errors import Language
from services.kit.fields import Model
from services.kit.routing import router
from services.kit.typesetting import typeset
from services.kit.web import AcceptedLanguage, Context, Read

routes = router("/v1/incentive", tag="statements")

PDF: Final = "application/pdf"
PDF_ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {PDF: {}}}}
_TEMPLATE: Final = Path(__file__).with_name("statement.typ").read_bytes()
_REGIONS: Final = {"zh": "cn", "en": "us"}


class PageFact(Model):
    """A name with its value."""

    name: str = Field(description="What it is.", examples=["考核等级"])
    value: str = Field(description="What it says.", examples=["A"])


class PageRow(Model):
    """A row of the page."""

    level: int = Field(description="How far it is indented: what rests on what.", examples=[0])
    text: str = Field(description="What it is about.", examples=["2026-02-10 至 2026-03-31，50 天，品牌部"])
    words: str = Field(description="The formula in words; empty: none.", examples=["月度奖金基数 × 个人系数"])
    figures: str = Field(description="The formula with its numbers; empty: none.", examples=["18,000.00 × 3 × 1.2"])
    amount: str = Field(description="What it comes to; empty: nothing to add up.", examples=["36,000.00"])


class PageSection(Model):
    """Rows under a heading."""

    heading: str = Field(description="The heading.", examples=["计算过程：2026 年第一季度奖金（税前，人民币元）"])
    rows: list[PageRow] = Field(description="The rows, from top to bottom.")


class StatementPage(Model):
    """A statement ready to be shown, from top to bottom, in one language."""

    language: Language = Field(description="The language, by Accept-Language.", examples=["zh"])
    title: str = Field(description="The title.", examples=["奖金单"])
    subtitle: str = Field(description="Plan and period.", examples=["季度奖金 · 2026 年第一季度"])
    facts: list[PageFact] = Field(description="Whom and what it is about.")
    amount_label: str = Field(description="What the amount is.", examples=["奖金金额（税前）"])
    amount: str = Field(description="The amount with its currency.", examples=["55,200.00 元"])
    notices: list[str] = Field(description="What happened to it since: reversed, corrected, kept back.", examples=[[]])
    sections: list[PageSection] = Field(description="How it comes about.")
    closing: str = Field(description="What holds for all of it.", examples=["本单金额均为税前金额。"])


@routes.get("/statements/{statement_id}/page", response_model=StatementPage, summary="Read one statement as a page")
async def get_statement_page(
    session: Read, caller: AnyCaller, context: Context, statement_id: StatementId, language: AcceptedLanguage
) -> dict[str, Any]:
    """The words and figures of the PDF, for whoever may read the statement; a frontend only lays them out."""
    _, page = await usecases.read_page(
        session, caller=caller, statement_id=statement_id, zone=context.zone, language=language
    )
    facts = [{"name": name, "value": value} for name, value in page.facts]
    return {**asdict(page), "language": language, "facts": facts}


@routes.get(
    "/statements/{statement_id}/statement.pdf",
    response_class=Response,
    responses=PDF_ANSWER,
    summary="Download one statement as PDF",
)
async def download_statement(
    session: Read, caller: AnyCaller, context: Context, statement_id: StatementId, language: AcceptedLanguage
) -> Response:
    """In the language asked for by Accept-Language, for whoever may read the statement; the same bytes each time."""
    about, page = await usecases.read_page(
        session, caller=caller, statement_id=statement_id, zone=context.zone, language=language
    )
    place = {"lang": language, "region": _REGIONS[language], "reference": str(statement_id)}
    content = await typeset(_TEMPLATE, {**asdict(page), **place}, made_at=about.statement.issued_at)
    name = f'attachment; filename="statement-{statement_id}-{language}.pdf"'
    return Response(content, media_type=PDF, headers={"Content-Disposition": name})
