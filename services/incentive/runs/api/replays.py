"""/v1/incentive/runs/{id}/replay: a run calculated again and compared (INC-11)."""

from typing import Any, Literal

from pydantic import Field

from services.incentive.runs.api.run_models import Sha256
from services.incentive.runs.api.runs import RunId, SeesRuns
from services.incentive.runs.usecases import replays as usecases
from services.kit.fields import Model
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, Context

routes = router("/v1/incentive", tag="runs")


class Replay(Model):
    """Whether calculating again from the run's input snapshot gives the same."""

    rules: int = Field(description="Version of the rules that wrote the lines.", examples=[2])
    present_rules: int = Field(description="Version of the rules of this release.", examples=[2])
    compared: Literal["bytes", "values"] = Field(
        description="Bytes where both versions are the same; otherwise amounts, days and costs.", examples=["bytes"]
    )
    identical: bool = Field(description="Whether everything compared is the same.", examples=[True])
    lines: int = Field(description="Lines calculated again.", examples=[4])
    content_hash: Sha256 = Field(description="SHA-256 of what was calculated again.")
    differing: list[str] = Field(description="Numbers of employees whose lines differ, up to 100.", examples=[[]])
    note: str | None = Field(description="Says that other rules wrote the lines, where they did.", examples=[None])


@routes.get("/runs/{run_id}/replay", response_model=Replay, summary="Calculate again and compare")
async def replay_run(context: Context, caller: SeesRuns, run_id: RunId, language: AcceptedLanguage) -> dict[str, Any]:
    """From its input snapshot, changing nothing; takes as long as calculating did."""
    async with context.sessions.snapshot() as session:  # one moment throughout, and a cursor needs a transaction
        again = await usecases.replay_run(session, caller=caller, run_id=run_id)
    note = None if again.note is None else again.note.in_language(language)
    return {**vars(again), "note": note}
