"""Absences by the kinds that labour law and pay tell apart (ORG-07, INC-02)."""

from collections.abc import Sequence

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("UPDATE org.absence SET kind = 'childcare' WHERE kind = 'parental'")


def downgrade() -> None:
    op.execute("UPDATE org.absence SET kind = 'parental' WHERE kind IN ('maternity', 'paternity', 'childcare')")
    op.execute(
        "UPDATE org.absence SET kind = 'unpaid' WHERE kind IN ('injury', 'marriage', 'bereavement', 'annual')"
    )
