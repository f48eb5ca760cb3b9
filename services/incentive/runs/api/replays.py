"""/v1/incentive/runs/{id}/replay: a run calculated again and compared (INC-11)."""

from typing import Any, Literal

from pydantic import Field

from services.incentive.runs.api.run_models import Sha256
from services.incentive.runs.api.runs import RunId, SeesRuns
from services.incentive.runs.usecases import replays as usecases
from services.kit.fields import Model
from services.kit.web.application import AcceptedLanguage, Context
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="runs")


class Replay(Model):
    """The result of calculating again from the run's input snapshot."""

    rules: int = Field(description="Version of the rules that wrote the lines.", examples=[2])
    present_rules: int = Field(description="Version of the rules in this release.", examples=[2])
    compared: Literal["bytes", "values"] = Field(
        description="Scope of the comparison: whole lines byte for byte if both versions are the same; otherwise "
        "amounts, days and costs.",
        examples=["bytes"],
    )
    identical: bool = Field(description="Whether everything compared is the same.", examples=[True])
    lines: int = Field(description="Number of lines calculated again.", examples=[4])
    content_hash: Sha256 = Field(description="SHA-256 of the new calculation.")
    differing: list[str] = Field(description="Numbers of employees whose lines differ, up to 100.", examples=[[]])
    note: str | None = Field(
        description="Note where a different version of the rules wrote the lines.", examples=[None]
    )


@routes.get("/runs/{run_id}/replay", response_model=Replay, summary="Replay a run")
async def replay_run(context: Context, caller: SeesRuns, run_id: RunId, language: AcceptedLanguage) -> dict[str, Any]:
    """Calculates again from the input snapshot and compares, without changing anything. It takes as long as the
    calculation did.
    """
    async with context.sessions.snapshot() as session:
        again = await usecases.replay_run(session, caller=caller, run_id=run_id)
    note = None if again.note is None else again.note.in_language(language)
    return {**vars(again), "note": note}
