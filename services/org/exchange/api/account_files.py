"""Accounts as files: template, import with a dry run, export (ORG-14, PLT-06)."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import Field

from services.kit.fields import Id, Model
from services.kit.files.attachment import attachment
from services.kit.files.routes import (
    CSV,
    FILE_ANSWER,
    MOST_FAULTS,
    XLSX,
    CellError,
    cell_errors,
    file_answer,
    sent_file,
    template_answer,
)
from services.kit.files.uploads import upload_body
from services.kit.web.application import AcceptedLanguage, Read
from services.kit.web.routing import keeps_no_body, reads_raw_body, router, takes_up_to
from services.org.exchange.domain.account_file import ACCOUNT_SHEET
from services.org.exchange.usecases import account_files
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import MachineNow

routes = router("/v1/org/accounts", tag="accounts")
LARGEST = 4 * 1024 * 1024


class ImportedAccount(Model):
    """An account created by an import, with its invitation."""

    account_id: Id = Field(description="Id of the account.")
    login: str = Field(description="Login of the account's owner.", examples=["li.ting"])
    name: str = Field(description="Name of the account.", examples=["李婷"])
    token: str = Field(
        description="Single-use token, shown only once. Put it behind the `#` of a link to your frontend, where no "
        "server logs it."
    )
    expires_at: datetime = Field(description="Time of expiry; a later invitation replaces this one.")


class AccountImport(Model):
    """The result of an import of accounts, or of a dry run. If there are errors, nothing is stored."""

    dry_run: bool = Field(description="Whether this was a dry run that stored nothing.", examples=[False])
    created: int = Field(description="Number of new accounts.", examples=[118])
    changed: int = Field(description="Number of accounts that get a name, an employee or roles.", examples=[2])
    unchanged: int = Field(description="Number of accounts that already match the file.", examples=[4])
    roles_proposed: int = Field(description="Number of roles that wait for another administrator.", examples=[9])
    import_id: Id | None = Field(
        description="Id of the import, by which its proposed roles can be listed; null if it proposed none.",
        examples=[None],
    )
    invitations: list[ImportedAccount] = Field(description="Invitations, one for each new account.", examples=[[]])
    error_count: int = Field(description="Number of all errors, including those not listed.", examples=[0])
    errors: list[CellError] = Field(description=f"The first {MOST_FAULTS} errors.", examples=[[]])


@routes.post("/imports", summary="Import accounts", openapi_extra=upload_body(XLSX, CSV))
@reads_raw_body
@takes_up_to(LARGEST)
@keeps_no_body  # the answer holds invitations
async def import_accounts(
    request: Request,
    uow: AdministratorUnitOfWork,
    machine_now: MachineNow,
    language: AcceptedLanguage,
    dry_run: Annotated[bool, Query(description="Report what would happen, without storing anything.")] = False,
) -> AccountImport:
    """Imports accounts, one row per role, all or nothing; importing the same file again changes nothing.

    Roles are only proposed; another administrator releases them, together if they wish. An import removes nothing.
    """
    file = await sent_file(request)
    done = await account_files.import_file(
        uow, data=file.data, is_csv=file.is_csv, dry_run=dry_run, machine_now=machine_now
    )
    return AccountImport(
        dry_run=done.dry_run,
        created=done.created,
        changed=done.changed,
        unchanged=done.unchanged,
        roles_proposed=done.roles,
        import_id=done.import_id,
        invitations=[
            ImportedAccount(
                account_id=each.invitation.account_id,
                login=each.login,
                name=each.name,
                token=each.invitation.token,
                expires_at=each.invitation.expires_at,
            )
            for each in done.invited
        ],
        error_count=len(done.field_errors),
        errors=cell_errors(done.field_errors, language),
    )


@routes.get(
    "/imports/template", summary="Download the template for accounts", response_class=Response, responses=FILE_ANSWER
)
async def get_account_template(_caller: AccountReader, language: AcceptedLanguage) -> Response:
    """An empty workbook in the language of `Accept-Language`, with a sheet that describes every column."""
    return template_answer([ACCOUNT_SHEET], "accounts", language)


@routes.get(
    "/exports", summary="Export accounts", response_class=Response, responses={200: {"content": {XLSX: {}, CSV: {}}}}
)
async def export_accounts(
    session: Read,
    _caller: AccountReader,
    format_: Annotated[Literal["xlsx", "csv"], Query(alias="format", description="Format of the file.")] = "xlsx",
) -> Response:
    """All accounts with their roles. Importing the file again changes nothing. No file contains passwords."""
    if format_ == "xlsx":
        return file_answer(await account_files.workbook(session), "accounts")
    return Response(await account_files.csv(session), media_type=CSV, headers=attachment("accounts", suffix="csv"))
