"""Codes, employee numbers and logins that cannot be taken for each other."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CODES = {
    "unit": "code",
    "position": "code",
    "employee": "number",
    "account": "login",
    "service_client": "client_id",
    "career_ladder": "code",
}
SKELETON = r"""
CREATE FUNCTION org.skeleton(code text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    lower(normalize(code, NFKC)),
    U&'oil\00AD\200B\200C\200D\200E\200F\202A\202B\202C\202D\202E\2060\2066\2067\2068\2069\FEFF',
    '011'
)
"""


def upgrade() -> None:
    op.execute(SKELETON)
    for table, column in CODES.items():
        name = f"uq_{table}_{column}_skeleton"
        op.create_index(name, table, [sa.text(f"org.skeleton({column})")], unique=True, schema="org")


def downgrade() -> None:
    for table, column in CODES.items():
        op.drop_index(f"uq_{table}_{column}_skeleton", table, schema="org")
    op.execute("DROP FUNCTION org.skeleton")
