"""Rows of accounts, invitations, role assignments, service clients and sign-ins."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database.sessions import Code, Key, Moment, Revision, Title
from services.kit.work.releasing import Releasable
from services.org.schema import EMPLOYEE, UNIT, Base, never_alike


class AccountRow(Base):
    """A user account, mostly but not always of an employee.

    ``invited_by`` and ``linked_by`` hold the ids of account and person of the administrator who made the invitation
    with which the password was set, and of the one who linked the account to its employee, until another person
    releases a role of the account.
    """

    __tablename__ = "account"
    __table_args__ = (never_alike("account", "login"),)

    id: Mapped[Key]
    login: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Title]
    employee_id: Mapped[UUID | None] = mapped_column(ForeignKey(EMPLOYEE), unique=True)
    password_hash: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(2))
    invited_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    linked_by: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    disabled_at: Mapped[Moment | None]
    revision: Mapped[Revision]


class InvitationRow(Base):
    """A link with which a person sets their own password, once; only the SHA-256 of its token is kept."""

    __tablename__ = "invitation"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("org.account.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[Moment]
    invited_by: Mapped[UUID]
    invited_by_person: Mapped[UUID | None]
    invited_by_name: Mapped[Title]


class RoleAssignmentRow(Releasable, Base):
    """A role of an account, over the subtree of a unit or, without one, over everything; it counts once released.

    ``import_id`` names the file that proposed it.
    """

    __tablename__ = "role_assignment"
    __table_args__ = (
        Index(
            "uq_role_assignment_account_role_unit",
            "account_id",
            "role",
            "unit_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("org.account.id"))
    role: Mapped[str] = mapped_column(String(16))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey(UNIT))
    import_id: Mapped[UUID | None] = mapped_column(index=True)


class ServiceClientRow(Base):
    """Another system that calls us under its own name."""

    __tablename__ = "service_client"
    __table_args__ = (never_alike("service_client", "client_id"),)

    id: Mapped[Key]
    client_id: Mapped[Code] = mapped_column(unique=True)
    secret_hash: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    audiences: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    disabled_at: Mapped[Moment | None]
    revision: Mapped[Revision]


class SignInRow(Base):
    """One sign-in: the family of refresh tokens that descend from it."""

    __tablename__ = "sign_in"

    id: Mapped[Key]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("org.account.id"), index=True)
    started_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    address: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(200))
    revoked_at: Mapped[Moment | None]
    revoked_because: Mapped[str | None] = mapped_column(String(32))


class RefreshTokenRow(Base):
    """One refresh token of a family, good for one use; only its SHA-256 is kept."""

    __tablename__ = "refresh_token"

    id: Mapped[Key]
    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("org.sign_in.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    issued_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class SignInAttemptsRow(Base):
    """Attempts to sign in within an hour; ``key`` is a hash of what they are counted by, such as name and address."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[Code] = mapped_column(primary_key=True)
    count: Mapped[int]
    began_at: Mapped[Moment]
    next_at: Mapped[Moment]
