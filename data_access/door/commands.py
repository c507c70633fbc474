"""``python -m data_access people``: who may sign in, and with which rights."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from data_access import logs
from data_access.engines import Warehouse
from data_access.errors import NoVersionError
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.settings import settings
from data_access.versions import open_store
from data_access.workspace import people
from data_access.workspace.database import open_database

commands = typer.Typer(help="Who may sign in, and with which rights.", no_args_is_help=True)
console = Console()

Email = Annotated[str, typer.Argument(help="Address that the bank's identity provider proves.")]


@commands.command("list")
def everyone() -> None:
    """Show everyone who may sign in."""
    found = people.everyone(open_database(settings().workspace))
    if not found:
        console.print("Nobody has rights yet. Give some with `people grant EMAIL ROLE`.")
        return
    shown = Table("email", "name", "role", "branches", "may see customers")
    for person in found:
        customers = "yes" if person.may_see_customers else "no"
        shown.add_row(person.email, person.name, person.role, _branches(person.scope), customers)
    console.print(shown)


@commands.command()
def grant(
    email: Email,
    role: Annotated[Role, typer.Argument(help="Decides which pages open.")],
    name: Annotated[str, typer.Option(help="Name shown on screen; else the address.")] = "",
    branch: Annotated[
        list[str] | None,
        typer.Option(help="A branch they see, once for each; none is all. It must exist in the warehouse."),
    ] = None,
    customers: Annotated[bool, typer.Option("--customers", help="They may see lists of single customers.")] = False,
) -> None:
    """Give a person exactly these rights, replacing those they had."""
    email = email.strip()
    if role is Role.BRANCH_HEAD and not branch:
        raise typer.BadParameter("A branch head sees the branches named with --branch; name at least one.")
    if branch:
        _must_exist(branch)
    workspace = open_database(settings().workspace)
    before = people.find(workspace, email)
    scope = Scope(frozenset(branch)) if branch else WHOLE_BANK
    people.grant(workspace, Viewer(email, name or email, role, scope, customers))
    logs.record(
        "rights_granted" if before is None else "rights_changed",
        logs.operator(),
        whose=email,
        role=role.value,
        branches=_branches(scope),
        may_see_customers="yes" if customers else "no",
    )
    console.print(f"{email} signs in as {role.value}.", markup=False, highlight=False)


@commands.command()
def revoke(email: Email) -> None:
    """Take all rights from a person."""
    people.revoke(open_database(settings().workspace), email)
    logs.record("rights_revoked", logs.operator(), whose=email.strip())
    console.print(f"{email} has no rights any more.", markup=False, highlight=False)


def _must_exist(wanted: list[str]) -> None:
    """Refuse rights on branches that the warehouse does not have: they would see nothing, or a later branch's rows."""
    warehouse = Warehouse(open_store(settings().warehouse), settings())
    try:
        known = list(data.branches(Reader(_READS, warehouse))["branch_id"])
    except NoVersionError:
        console.print("The warehouse holds no data yet, so nobody can say whether these branches exist.")
        return
    finally:
        warehouse.close()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        near = sorted({close for branch in unknown for close in get_close_matches(branch, known, cutoff=0.5)})
        hint = f"Did you mean {', '.join(near)}?" if near else f"It has {len(known)} branches."
        raise typer.BadParameter(
            f"The warehouse has no branch {', '.join(unknown)}. No right was changed. {hint}", param_hint="--branch"
        )


def _branches(scope: Scope) -> str:
    return "all" if scope.branches is None else ", ".join(sorted(scope.branches))


_READS = Viewer("people", "people", Role.ADMINISTRATOR, WHOLE_BANK)
