"""What is missing for scoring is named as the input that a rule needs: manual_score, prior_results, feedback."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WORDS: Final = {"mark": "manual_score", "totals": "prior_results", "360": "feedback"}


def upgrade() -> None:
    for before, after in WORDS.items():
        _rename(before, after)


def downgrade() -> None:
    for before, after in WORDS.items():
        _rename(after, before)


def _rename(word: str, instead: str) -> None:
    missing = sa.table("missing_input", sa.column("what"), schema="appraisal")
    op.execute(missing.update().where(missing.c.what == word).values(what=instead))
