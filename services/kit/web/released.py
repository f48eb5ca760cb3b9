"""How an API shows what one person enters and another releases."""

from datetime import datetime

from pydantic import Field

from services.kit.fields import Id, Model
from services.kit.release import ReleaseState


class ReleasedRecord(Model):
    """Who entered a record and who decided about it; its content follows in the model of its kind."""

    id: Id = Field(description="Id of the record.", examples=["01980000-0000-7000-8000-0000000000f7"])
    state: ReleaseState = Field(description="State; only what is released counts.", examples=["proposed"])
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[1])
    entered_at: datetime = Field(description="Time of entry.", examples=["2026-01-05T09:00:00+08:00"])
    entered_by_name: str = Field(
        description="Name of the person who entered it; a different person releases it.", examples=["范思齐"]
    )
    decided_at: datetime | None = Field(description="Time of the release or refusal.", examples=[None])
    decided_by_name: str | None = Field(description="Name of the person who released or refused it.", examples=[None])
    decision: str | None = Field(description="Reason for the refusal.", examples=[None])
