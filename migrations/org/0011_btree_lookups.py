"""Employments and assignments are looked up by plain indexes; those behind their exclusions only exclude, and cheaply."""

from collections.abc import Sequence

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BY_BYTES = "uuid_hash_extended(employee_id, 0) WITH =, uuid_send(employee_id) WITH ="
BY_ID = "employee_id WITH ="
MAIN = " WHERE (kind IN ('primary', 'rotation'))"


def upgrade() -> None:
    _exclude("employment", BY_BYTES, "")
    _exclude("assignment", BY_BYTES, MAIN)
    op.create_index("ix_employment_employee_id", "employment", ["employee_id"], schema="org")
    op.drop_index("ix_assignment_position_id_valid", "assignment", schema="org")
    op.create_index("ix_assignment_position_id", "assignment", ["position_id"], schema="org")


def downgrade() -> None:
    op.drop_index("ix_assignment_position_id", "assignment", schema="org")
    op.create_index(
        "ix_assignment_position_id_valid", "assignment", ["position_id", "valid"], postgresql_using="gist", schema="org"
    )
    op.drop_index("ix_employment_employee_id", "employment", schema="org")
    _exclude("assignment", BY_ID, MAIN)
    _exclude("employment", BY_ID, "")


def _exclude(table: str, equal: str, where: str) -> None:
    name = f"ex_{table}_no_overlap_employee_id"
    op.execute(f"ALTER TABLE org.{table} DROP CONSTRAINT {name}")
    op.execute(f"ALTER TABLE org.{table} ADD CONSTRAINT {name} EXCLUDE USING gist ({equal}, valid WITH &&){where}")
