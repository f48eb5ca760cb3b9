"""Indexes of assignments that the planner takes for the lookups that they are good at."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "ex_assignment_no_overlap_employee_id_position_id"


def upgrade() -> None:
    op.execute(f"ALTER TABLE org.assignment DROP CONSTRAINT {NAME}")
    op.execute(
        f"ALTER TABLE org.assignment ADD CONSTRAINT {NAME}"
        " EXCLUDE USING gist ((employee_id::text || position_id::text) WITH =, valid WITH &&)"
    )
    op.create_index("ix_assignment_employee_id", "assignment", ["employee_id"], schema="org")


def downgrade() -> None:
    op.drop_index("ix_assignment_employee_id", "assignment", schema="org")
    op.execute(f"ALTER TABLE org.assignment DROP CONSTRAINT {NAME}")
    op.execute(
        f"ALTER TABLE org.assignment ADD CONSTRAINT {NAME}"
        " EXCLUDE USING gist (employee_id WITH =, position_id WITH =, valid WITH &&)"
    )
