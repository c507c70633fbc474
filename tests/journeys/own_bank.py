"""A bank with data of its own, behind an identity provider that the tests start."""

from __future__ import annotations

import json
import os
import sys
import tomllib
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page

from data_access.reading.scope import Viewer
from data_access.workspace import people
from data_access.workspace.database import open_database
from tests.journeys.conftest import ROOT, STREAMLIT, free_port, running, served, wait_for, window

VALUES = {
    "redirect_uri": "{app}/oauth2callback",
    "cookie_secret": "0f3c1b7a9d5e48c2a6b4",
    "client_id": "branchlight",
    "client_secret": "a secret of the provider",
    "server_metadata_url": "{provider}/.well-known/openid-configuration",
}


@dataclass(frozen=True)
class Bank:
    """A bank's own data, behind its own identity provider."""

    app: str
    provider: str
    folder: Path
    workspace: sa.Engine

    def knows(self, account: str, **claims: object) -> None:
        """Gives an account of the provider its claims."""
        request = urllib.request.Request(  # noqa: S310 - an address of this machine
            f"{self.provider}/users/{account}",
            data=json.dumps(claims).encode(),
            headers={"Content-Type": "application/json"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            pass

    def employs(self, viewer: Viewer) -> None:
        """Somebody with rights here, whom the provider proves by the first part of the address."""
        people.grant(self.workspace, viewer)
        self.knows(viewer.email.partition("@")[0], email=viewer.email, email_verified=True)

    def comes_in(self, context: BrowserContext, account: str, path: str = "") -> Page:
        """Signs in with an account of the provider, as a person does."""
        page = window(context)
        page.goto(f"{self.app}/{path}")
        self.proves(page, account)
        return page

    def proves(self, page: Page, account: str) -> None:
        """From the page that asks to sign in, to the provider and back."""
        page.get_by_role("button", name="Sign in with the bank's account").click()
        page.get_by_placeholder("sub").fill(account)
        page.get_by_role("button", name="Authorize").click()
        page.wait_for_url(f"{self.app}/**")

    def audited(self, person: str) -> list[str]:
        """What the audit says that a person did."""
        lines = [json.loads(line) for line in (self.folder / "audit.jsonl").read_text("utf-8").splitlines()]
        return [line["event"] for line in lines if line["person"] == person]


def documented() -> list[str]:
    """The settings of the provider that the documentation asks for: whoever follows it has to come in."""
    text = (ROOT / "docs" / "sign-in.md").read_text("utf-8")
    block = text.partition("```toml")[2].partition("```")[0]
    return list(tomllib.loads(block)["auth"])


@contextmanager
def opened(folder: Path, program: Sequence[str] = STREAMLIT) -> Generator[Bank]:
    """The app on the warehouse in a folder, behind a provider that knows nobody yet."""
    workspace = open_database(f"sqlite:///{folder / 'workspace.sqlite'}")
    provider, app = f"http://127.0.0.1:{(at := free_port())}", f"http://127.0.0.1:{(port := free_port())}"
    secrets = [f'{name} = "{VALUES[name].format(app=app, provider=provider)}"' for name in documented()]
    (folder / "secrets.toml").write_text("\n".join(["[auth]", *secrets]), "utf-8")
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(at), "--require-nonce"]
    with running(command, folder / "provider.log", os.environ):
        wait_for(f"{provider}/.well-known/openid-configuration")
        with served(folder, port, ["--secrets.files", str(folder / "secrets.toml")], program):
            yield Bank(app, provider, folder, workspace)
    workspace.dispose()
