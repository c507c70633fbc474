"""Settings: defaults, overridden by ``branchlight.toml`` in the working folder, overridden by the environment.

A setting `name` is read from ``BRANCHLIGHT_NAME``; ``python -m data_access settings`` prints them all with
their meaning. Secrets do not belong here but in Streamlit's secrets file; the password of a database address, which
has no better place, is never shown.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as SourceError

from data_access.errors import SettingsError

FILE = "branchlight.toml"


class Tier(BaseModel):
    """One tier of the bank's rule, lowest first in the rule's list."""

    key: str = Field(description="Key of the tier in the data")
    threshold: int = Field(description="Monthly average assets from which a customer belongs to it, minor units", ge=0)
    grace_months: int = Field(description="Months below the threshold after which the customer falls", ge=1)


class TierRule(BaseModel):
    """The bank's tier rule from a day on; past months keep the rule of their time."""

    valid_from: date = Field(description="First day on which the rule holds")
    tiers: tuple[Tier, ...] = Field(description="Tiers, lowest first", min_length=1)

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        _rising("thresholds", [tier.threshold for tier in self.tiers])
        if len({tier.key for tier in self.tiers}) < len(self.tiers):
            raise ValueError(f"each tier stands once, got {[tier.key for tier in self.tiers]}")
        return self


def _rising(what: str, values: list[Any]) -> None:
    if sorted(set(values)) != values:
        raise ValueError(f"{what} rise, got {[str(value) for value in values]}")


DEFAULT_TIERS = TierRule(
    valid_from=date(2000, 1, 1),
    tiers=(
        Tier(key="basic", threshold=0, grace_months=1),
        Tier(key="potential", threshold=5_000_000, grace_months=3),
        Tier(key="wealth", threshold=50_000_000, grace_months=3),
        Tier(key="private", threshold=600_000_000, grace_months=6),
    ),
)


class ToDoRules(BaseModel):
    """What a branch promises and how long it lets things wait: what puts a customer on the list of what to do."""

    promised_days: dict[str, Annotated[int, Field(ge=1)]] = Field(
        description="Days within which a customer of each tier is promised a contact",
        default={"potential": 90, "wealth": 30, "private": 14},
    )
    mass_channels: tuple[str, ...] = Field(
        description="Channels of messages to many, which keep no promise to one", default=("sms", "app", "email")
    )
    maturity_days: int = Field(description="Days ahead in which maturing money is listed", default=14, ge=1)
    near_percent: int = Field(
        description="Percent of the next tier's threshold from which one is near", default=95, ge=1
    )
    referral_days: int = Field(description="Days a referral may wait", default=7, ge=0)
    complaint_days: int = Field(description="Days in which a complaint is to be closed", default=15, ge=0)
    booking_days: int = Field(description="Days after a booking in which the visit is awaited", default=7, ge=0)
    window_days: int = Field(description="Days ahead in which a closing window is listed", default=7, ge=1)
    forgotten_days: int = Field(
        description="Days after which a referral or booking is no longer news", default=60, ge=1
    )


class PlanningRules(BaseModel):
    """What a plan has to keep to: how often customers may be contacted, and how much time staff have for it."""

    contact_cap: int = Field(description="Contacts by the bank that a customer may have had", default=3, ge=1)
    contact_days: int = Field(description="Days before a campaign in which they are counted", default=30, ge=1)
    minutes: dict[str, Annotated[float, Field(ge=0)]] = Field(
        description="Staff minutes that one customer takes, by channel; 0 for one that no person serves",
        default={"phone": 8, "branch": 30, "wechat": 4},
    )
    campaign_hours: float = Field(
        description="Hours of a working day that one full-time member of staff has for campaigns", default=1.0, gt=0
    )
    roles: tuple[str, ...] = Field(
        description="Roles of staff who serve campaigns", default=("relationship_manager", "adviser")
    )
    unrated_levels: tuple[str, ...] = Field(
        description="Risk levels of products that need no rating of the customer", default=("R1",)
    )


class ComparisonRules(BaseModel):
    """How campaigns are compared: when one planned to look, and what harm is accepted beforehand."""

    looks: tuple[Annotated[float, Field(gt=0, le=1)], ...] = Field(
        description="Shares of a comparison's customers at which it is looked at, rising to 1", default=(0.5, 1.0)
    )
    satisfaction_fall: float = Field(
        description="Points of a scale of 5 by which satisfaction may fall", default=0.2, ge=0
    )
    opt_outs_rise: float = Field(description="Share of customers by which opt-outs may rise", default=0.006, ge=0)
    complaints_rise: float = Field(
        description="Complaints per 1,000 customers by which they may rise", default=1.0, ge=0
    )
    holdouts: tuple[str, ...] = Field(
        description="Campaigns that stand for the whole programme of their time: their control is held out from "
        "everything; they measure its total and are not added to it",
        default=(),
    )

    @model_validator(mode="after")
    def _looks_rise_to_the_end(self) -> Self:
        _rising("looks", list(self.looks))
        if not self.looks or self.looks[-1] != 1:
            raise ValueError(f"looks end at 1, got {list(self.looks)}")
        return self


class MailServer(BaseModel):
    """The server that takes mail, and as whom. Its password has no setting: see `reports.mail`."""

    host: str = Field(description="Its name; empty: nothing is sent by mail, and nobody can subscribe", default="")
    port: int = Field(description="Its port", default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = Field(
        description="How the line is encrypted: starttls (port 587), implicit (port 465), none (a server within reach "
        "that asks for no password)",
        default="starttls",
    )
    user: str = Field(description="Who signs in to it; empty: nobody has to", default="")
    sender: str = Field(description="Address that mail comes from", default="")


class Settings(BaseSettings):
    """Everything that a bank sets and code does not."""

    model_config = SettingsConfigDict(
        env_prefix="BRANCHLIGHT_", env_nested_delimiter="__", toml_file=FILE, extra="forbid"
    )

    warehouse: Annotated[
        str,
        Field(description="Warehouse: a folder of DuckDB versions, or postgresql://user@host/database", repr=False),
    ] = "var/warehouse"
    workspace: Annotated[
        str,
        Field(description="Database URL of the workspace: people, rights, views, targets, notes, tasks", repr=False),
    ] = "sqlite:///var/workspace.sqlite"
    sign_in: Annotated[
        Literal["auto", "local", "oidc"],
        Field(
            description="Who may sign in. auto: the demo people on the demo bank, else as oidc; "
            "local: whoever reaches this machine's own address, as administrator; oidc: the bank's identity provider"
        ),
    ] = "auto"
    trusted_issuers: Annotated[
        tuple[str, ...],
        Field(
            description="Issuers (claim `iss`) whose addresses count as verified though they do not send "
            "`email_verified`, because only the bank gives them out"
        ),
    ] = ()
    session_hours: Annotated[float, Field(description="Hours after which one signs in anew", gt=0)] = 12.0
    audit_log: Annotated[
        str, Field(description="File of the audit log, JSON lines; - writes it to the standard error stream")
    ] = "var/audit.jsonl"
    currency: Annotated[str, Field(description="Currency of feeds, ISO 4217", pattern="^[A-Z]{3}$")] = "CNY"
    memory_limit: Annotated[str, Field(description="Memory that DuckDB may use, for pages and for loads")] = "4GB"
    threads: Annotated[int, Field(description="Threads of one DuckDB query; 0 leaves it to DuckDB", ge=0)] = 0
    concurrent_queries: Annotated[int, Field(description="Queries that run at once; more wait", ge=1)] = 4
    wait_seconds: Annotated[float, Field(description="Seconds a query may wait for its turn", gt=0)] = 30.0
    query_seconds: Annotated[float, Field(description="Seconds a query may run before it is stopped", gt=0)] = 30.0
    cache_megabytes: Annotated[int, Field(description="Memory for cached aggregates", ge=0)] = 256
    work_ahead: Annotated[
        bool,
        Field(
            description="Whether answers are worked out before anybody asks for them, the first ones while the app "
            "starts, others beside the first visitors; false spares a core that minute, and whoever asks first waits"
        ),
    ] = True
    frame_rows: Annotated[int, Field(description="Rows that a page may read at once", ge=1)] = 5_000
    benchmark_branches: Annotated[int, Field(description="Fewest branches in a comparison with the bank", ge=2)] = 5
    benchmark_customers: Annotated[int, Field(description="Fewest customers in such a comparison", ge=1)] = 50
    feed_megabytes: Annotated[int, Field(description="Largest feed file, unpacked", ge=1)] = 20_000
    upload_megabytes: Annotated[int, Field(description="Largest file that an administrator loads by browser", ge=1)] = (
        200
    )
    feed_rows: Annotated[int, Field(description="Most rows in a feed file", ge=1)] = 200_000_000
    paper_fonts: Annotated[
        tuple[str, ...], Field(description="Font families of PDF and pictures, the one that is tried first first")
    ] = ("Noto Sans CJK SC",)
    slides_template: Annotated[
        str, Field(description="The bank's own template for slides, a .pptx or .potx file; empty: a plain one")
    ] = ""
    mail: Annotated[MailServer, Field(description="Server that takes what people subscribed to")] = MailServer()
    tier_rules: Annotated[
        tuple[TierRule, ...],
        Field(description="Tier rules by the day from which they hold, oldest first", min_length=1),
    ] = (DEFAULT_TIERS,)
    to_do: Annotated[ToDoRules, Field(description="What puts a customer on the list of what to do")] = ToDoRules()
    comparison: Annotated[
        ComparisonRules, Field(description="When a comparison is looked at, and the harm that is accepted")
    ] = ComparisonRules()

    planning: Annotated[PlanningRules, Field(description="What a plan has to keep to")] = PlanningRules()

    @model_validator(mode="after")
    def _tier_rules_follow_each_other(self) -> Self:
        _rising("days from which tier rules hold", [rule.valid_from for rule in self.tier_rules])
        return self

    def tiers_on(self, day: date) -> tuple[Tier, ...]:
        """The tiers of the rule that held on a day, lowest first; before the first rule, those of the first."""
        rules = [rule for rule in self.tier_rules if rule.valid_from <= day] or self.tier_rules[:1]
        return rules[-1].tiers

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before the file before the defaults."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


@cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        SettingsError: a setting is not what it should be; the value is not shown, because it may hold a password.
    """
    try:
        return Settings()
    except ValidationError as error:
        found = [f"{'.'.join(map(str, wrong['loc'])) or 'the settings'}: {wrong['msg']}" for wrong in error.errors()]
        why = "; ".join(found)
    except tomllib.TOMLDecodeError as error:
        why = f"{FILE} is not TOML: {error}"
    except (SourceError, UnicodeDecodeError) as error:
        why = str(error)
    except OSError as error:
        why = f"{FILE} cannot be read: {error.strerror}"
    raise SettingsError(
        f"A setting is wrong: {why}. Nothing was read or changed. Correct {FILE} or the environment variable "
        "BRANCHLIGHT_<NAME>; README.md names the settings."
    )


def masked(address: str) -> str:
    """A database address as it may be shown: without its password, wherever that stands.

    Everything up to the last @ is taken for the password, because one may hold an @ that nobody quoted.

    >>> masked("postgresql://app:pa@ss/word@host/bank?password=secret&sslmode=require")
    'postgresql://app:***@host/bank?password=***&sslmode=require'
    """
    hidden = re.sub(r"://([^:/@]*):.*@", r"://\1:***@", address)
    return re.sub(r"(?i)([?&][a-z]*password=)[^&]*", r"\1***", hidden)
