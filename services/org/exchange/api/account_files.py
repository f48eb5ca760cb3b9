"""Accounts as files: template, import with a dry run, export (ORG-14, PLT-06)."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import Field

from services.kit.fields import Id, Model
from services.kit.routing import keeps_no_body, reads_raw_body, router, takes_up_to
from services.kit.spreadsheet_routes import (
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
from services.kit.uploads import upload_body
from services.kit.web import AcceptedLanguage, Read
from services.org.exchange.domain.account_file import ACCOUNT_SHEET
from services.org.exchange.usecases import account_files
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import MachineNow

routes = router("/v1/org/accounts", tag="accounts")
LARGEST = 4 * 1024 * 1024


class ImportedAccount(Model):
    """An account that a file created, with what its owner sets a password with."""

    account_id: Id = Field(description="Id of the account.")
    login: str = Field(description="What its owner signs in with.", examples=["li.ting"])
    name: str = Field(description="Name of the account.", examples=["李婷"])
    token: str = Field(
        description="Good once, and shown this once. Put it behind the `#` of a link of your frontend, where no server "
        "logs it."
    )
    expires_at: datetime = Field(description="Until when it can be used; an invitation made later replaces it.")


class AccountImport(Model):
    """What a file of accounts did, or with dry_run would do; with errors nothing is stored."""

    dry_run: bool = Field(description="Whether nothing was stored.", examples=[False])
    created: int = Field(description="New accounts.", examples=[118])
    changed: int = Field(description="Accounts that get a name, an employee or roles.", examples=[2])
    unchanged: int = Field(description="Accounts that are as the file says.", examples=[4])
    roles_proposed: int = Field(description="Roles that wait for another administrator.", examples=[9])
    import_id: Id | None = Field(
        description="Names what the file proposed, in the list of role assignments; null: nothing.", examples=[None]
    )
    invitations: list[ImportedAccount] = Field(description="One for each new account.", examples=[[]])
    error_count: int = Field(description="All errors, also those that are not listed.", examples=[0])
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
    dry_run: Annotated[bool, Query(description="Only report what would happen.")] = False,  # noqa: FBT002 - a query parameter
) -> AccountImport:
    """Import accounts, one row a role: all or nothing, and the same file again changes nothing.

    Roles are proposed; another administrator releases them, all together if they like. A file takes nothing away.
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
    """An empty workbook in the language asked for by Accept-Language, with a sheet that describes every column."""
    return template_answer([ACCOUNT_SHEET], "accounts.xlsx", language)


@routes.get(
    "/exports", summary="Export accounts", response_class=Response, responses={200: {"content": {XLSX: {}, CSV: {}}}}
)
async def export_accounts(
    session: Read,
    _caller: AccountReader,
    format_: Annotated[Literal["xlsx", "csv"], Query(alias="format", description="Which kind of file.")] = "xlsx",
) -> Response:
    """All accounts with their roles; imported again it changes nothing. Passwords are in no file."""
    if format_ == "xlsx":
        return file_answer(await account_files.workbook(session), "accounts.xlsx")
    headers = {"Content-Disposition": 'attachment; filename="accounts.csv"', "Cache-Control": "no-store"}
    return Response(await account_files.csv(session), media_type=CSV, headers=headers)
