"""/v1/incentive/statements/{id}/page and /statement.pdf: a statement as people read it (INC-11, INC-16, INC-17)."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from fastapi import Response
from pydantic import Field

from services.incentive.statements.api.statements import StatementId
from services.incentive.statements.usecases import statements as usecases
from services.kit.access.callers import AnyCaller
from services.kit.errors import Language, Text
from services.kit.fields import Model
from services.kit.files.documents import PDF_ANSWER, document_answer
from services.kit.web.application import AcceptedLanguage, Context, Read
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="statements")

_TEMPLATE: Final = Path(__file__).with_name("statement.typ").read_bytes()
_NAME: Final = Text("奖金单", "statement")


class PageFact(Model):
    """A name with its value."""

    name: str = Field(description="What it is.", examples=["考核等级"])
    value: str = Field(description="Text of the value.", examples=["A"])


class PageRow(Model):
    """A row of the page."""

    level: int = Field(description="Indentation level; a deeper row explains the one above it.", examples=[0])
    text: str = Field(description="What it is about.", examples=["2026-02-10 至 2026-03-31，50 天，品牌部"])
    words: str = Field(description="Formula in words; empty if none.", examples=["月度奖金基数 × 个人系数"])
    figures: str = Field(description="Formula with its numbers; empty if none.", examples=["18,000.00 × 3 × 1.2"])
    amount: str = Field(description="Result; empty if there is nothing to add up.", examples=["36,000.00"])


class PageSection(Model):
    """Rows under a heading."""

    heading: str = Field(
        description="Heading of the section.", examples=["计算过程：2026 年第一季度奖金（税前，人民币元）"]
    )
    rows: list[PageRow] = Field(description="Rows from top to bottom.")


class StatementPage(Model):
    """A statement laid out for display, from top to bottom, in one language."""

    language: Language = Field(description="Language, by `Accept-Language`.", examples=["zh"])
    title: str = Field(description="Title of the page.", examples=["奖金单"])
    subtitle: str = Field(description="Plan and period.", examples=["季度奖金 · 2026 年第一季度"])
    facts: list[PageFact] = Field(description="Person and subject of the statement.")
    amount_label: str = Field(description="Label of the amount.", examples=["奖金金额（税前）"])
    amount: str = Field(description="Amount with its currency.", examples=["55,200.00 元"])
    notices: list[str] = Field(
        description="Events since it was issued: reversal, correction, withholding.", examples=[[]]
    )
    sections: list[PageSection] = Field(description="Sections that explain the amount.")
    closing: str = Field(description="General notes at the end.", examples=["本单金额均为税前金额。"])


@routes.get("/statements/{statement_id}/page", response_model=StatementPage, summary="Read one statement as a page")
async def get_statement_page(
    session: Read, caller: AnyCaller, context: Context, statement_id: StatementId, language: AcceptedLanguage
) -> dict[str, Any]:
    """The texts and figures of the PDF, for everyone who may read the statement, ready for a frontend to lay out."""
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
    """The PDF in the language of `Accept-Language`, for everyone who may read the statement. Repeated downloads have
    identical bytes.
    """
    about, page = await usecases.read_page(
        session, caller=caller, statement_id=statement_id, zone=context.zone, language=language
    )
    return await document_answer(
        _TEMPLATE,
        {**asdict(page), "reference": str(statement_id)},
        _NAME.in_language(language),
        about.line.number,
        about.run.period if ":" in about.line.occasion else about.line.occasion,  # a record's id says nothing
        about.run.plan_code,
        f"{about.statement.issued_at.astimezone(context.zone):%Y-%m-%d}",
        language=language,
        made_at=about.statement.issued_at,
    )
