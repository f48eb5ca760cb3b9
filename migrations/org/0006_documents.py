"""Role documents, amendments, document reviews and supplements."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "document_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_document_review_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_review")),
        schema="org",
    )
    op.create_index(op.f("ix_document_review_unit_id"), "document_review", ["unit_id"], unique=False, schema="org")
    op.create_table(
        "role_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("num_nonnulls(position_id, unit_id) = 1", name=op.f("ck_role_document_one_subject")),
        sa.ForeignKeyConstraint(["parent_id"], ["org.role_document.id"], name=op.f("fk_role_document_parent_id")),
        sa.ForeignKeyConstraint(["position_id"], ["org.position.id"], name=op.f("fk_role_document_position_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["org.unit.id"], name=op.f("fk_role_document_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_document")),
        sa.UniqueConstraint("position_id", name=op.f("uq_role_document_position_id")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_role_document_unit_id")),
        schema="org",
    )
    op.create_index(op.f("ix_role_document_parent_id"), "role_document", ["parent_id"], unique=False, schema="org")
    op.create_table(
        "amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("benchmark", sa.Text(), nullable=False),
        sa.Column("business_need", sa.Text(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_by_name", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["org.role_document.id"], name=op.f("fk_amendment_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        schema="org",
    )
    op.create_index(op.f("ix_amendment_document_id"), "amendment", ["document_id"], unique=False, schema="org")
    op.create_table(
        "supplement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("duties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=False),
        sa.CheckConstraint("NOT upper_inf(valid)", name=op.f("ck_supplement_ends")),
        sa.ForeignKeyConstraint(["document_id"], ["org.role_document.id"], name=op.f("fk_supplement_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement")),
        schema="org",
    )
    op.create_index(op.f("ix_supplement_document_id"), "supplement", ["document_id"], unique=False, schema="org")
    op.create_table(
        "role_document_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid", postgresql.DATERANGE(), nullable=True),
        sa.Column("amendment_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("document_id"), "="),
            (sa.column("valid"), "&&"),
            using="gist",
            name=op.f("ex_role_document_version_no_overlap_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["org.amendment.id"], name=op.f("fk_role_document_version_amendment_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["org.role_document.id"], name=op.f("fk_role_document_version_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_document_version")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_role_document_version_document_id_number")),
        schema="org",
    )
    op.create_index(
        op.f("ix_role_document_version_state"), "role_document_version", ["state"], unique=False, schema="org"
    )


def downgrade() -> None:
    op.drop_table("role_document_version", schema="org")
    op.drop_table("supplement", schema="org")
    op.drop_table("amendment", schema="org")
    op.drop_table("role_document", schema="org")
    op.drop_table("document_review", schema="org")
