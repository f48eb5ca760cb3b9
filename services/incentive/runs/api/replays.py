"""/v1/incentive/runs/{id}/replay: a run calculated again and compared (INC-11)."""

from typing import Any, Literal

from services.incentive.runs.api.runs import SeesRuns
from services.incentive.runs.usecases import replays as usecases
from services.kit.fields import Id, Model
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, Read

routes = router("/v1/incentive", tag="runs")


class Replayed(Model):
    """Whether calculating again from the frozen inputs gives the same. ``differing``: employee numbers, if any.

    Bytes are compared where the lines were written by the present rules, values where by others; ``note`` says so then.
    """

    rules: int
    present_rules: int
    compared: Literal["bytes", "values"]
    identical: bool
    lines: int
    content_hash: str
    differing: list[str]
    note: str | None


@routes.get("/runs/{run_id}/replay", response_model=Replayed, summary="Calculate again and compare")
async def replay(session: Read, caller: SeesRuns, run_id: Id, language: AcceptedLanguage) -> dict[str, Any]:
    """From the frozen inputs, changing nothing; takes as long as calculating did."""
    again = await usecases.replay_run(session, run_id=run_id)
    note = None if again.note is None else again.note.in_language(language)
    return {**vars(again), "note": note}
