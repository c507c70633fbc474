"""``python -m data_access people``: who may sign in, and with which rights."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from data_access.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.settings import settings
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
        branches = "all" if person.scope.branches is None else ", ".join(sorted(person.scope.branches))
        shown.add_row(person.email, person.name, person.role, branches, "yes" if person.may_see_customers else "no")
    console.print(shown)


@commands.command()
def grant(
    email: Email,
    role: Annotated[Role, typer.Argument(help="Decides which pages open.")],
    name: Annotated[str, typer.Option(help="Name shown on screen; else the address.")] = "",
    branch: Annotated[list[str] | None, typer.Option(help="A branch they see, once for each; none is all.")] = None,
    customers: Annotated[bool, typer.Option("--customers", help="They may see lists of single customers.")] = False,
) -> None:
    """Give a person exactly these rights, replacing those they had."""
    if role is Role.BRANCH_HEAD and not branch:
        raise typer.BadParameter("A branch head sees the branches named with --branch; name at least one.")
    scope = Scope(frozenset(branch)) if branch else WHOLE_BANK
    people.grant(open_database(settings().workspace), Viewer(email, name or email, role, scope, customers))
    console.print(f"{email} signs in as {role.value}.", markup=False, highlight=False)


@commands.command()
def revoke(email: Email) -> None:
    """Take all rights from a person."""
    people.revoke(open_database(settings().workspace), email)
    console.print(f"{email} has no rights any more.", markup=False, highlight=False)
