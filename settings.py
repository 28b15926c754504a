"""All settings of the process, read once from the environment.

A wrong value stops the start with one sentence that names the variable and never repeats a secret value.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "DANGJIAN_"
SECRET_BYTES = 32  # RFC 7518 section 3.2: an HS256 key is at least as long as its hash
_CONFIDENTIAL = {"secret", "database_url", "redis_url"}  # may hold a password


class SettingsError(Exception):
    """A setting cannot be used; the message is meant for the operator."""


class Settings(BaseSettings):
    """Each field is the variable DANGJIAN_<FIELD>; an empty variable counts as not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    var: Path = Path(__file__).resolve().parent / "var"
    """Where the process keeps its files; a relative path starts from the working directory."""
    database_url: str | None = None
    """None: the embedded PostgreSQL in `var`."""
    redis_url: str | None = None
    """None: events stay inside the process."""
    secret: SecretStr | None = None
    """Signs the access tokens; None: a random one kept in `var`. Read it with `signing_secret()`."""
    token_hours: Annotated[float, Field(gt=0, le=720)] = 12
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    database_pool: Annotated[int, Field(ge=1, le=1000)] = 10
    """Connections of one worker process to the database, at most."""
    audit_anchor: Path | None = None
    """Where the heads of the sealed audit trail are appended, best on another machine's disk or one that only grows;
    None: `audit-anchor.jsonl` in `var`."""
    audit_seal_seconds: Annotated[float, Field(ge=0, le=600)] = 5
    """Between two batches of sealing; 0 leaves it off, which is for tests."""
    statement_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 3
    packs: Annotated[tuple[Path, ...], NoDecode] = ()
    """Rule packs kept elsewhere, joined by ":" as in PATH: each a pack's folder, or a directory of such folders."""

    @field_validator("packs", mode="before")
    @classmethod
    def _directories(cls, value: object) -> object:
        given = value.split(os.pathsep) if isinstance(value, str) else value
        places = (
            [Path(each).expanduser().absolute() for each in given] if isinstance(given, list | tuple) else []
        )
        if lost := [str(each) for each in places if not each.is_dir()]:
            raise ValueError(f"{lost[0]} is no directory")
        return tuple(places)

    @field_validator("var")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("secret")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < SECRET_BYTES:
            raise ValueError(f"it must have at least {SECRET_BYTES} characters")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        return _with_scheme(value, "postgresql", "postgres")

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        return _with_scheme(value, "redis", "rediss", "unix")

    @property
    def anchor(self) -> Path:
        return self.audit_anchor or self.var / "audit-anchor.jsonl"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server; demo accounts are allowed only then."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host.strip("[]")).is_loopback
        except ValueError:  # a host name may resolve to anything
            return False

    def signing_secret(self) -> str:
        """The key of the access tokens; made in `var/secret` at first use when none is set.

        Raises SettingsError when that file cannot be made, read or trusted."""
        if self.secret is not None:
            return self.secret.get_secret_value()
        path = self.var / "secret"
        try:
            if not path.exists():
                _create_secret(path)
            text = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} cannot be used ({error}); set DANGJIAN_SECRET instead") from error
        if len(text) < SECRET_BYTES:
            raise SettingsError(f"{path} is shorter than {SECRET_BYTES} characters; delete it for a new one")
        return text

    @classmethod
    def from_environment(cls) -> Self:
        return cls()


def load_settings() -> Settings:
    """The settings of this process. Raises SettingsError with one sentence for every wrong variable."""
    try:
        return Settings.from_environment()
    except ValidationError as error:
        # A chained error would carry the rejected values, passwords among them, into a traceback.
        raise SettingsError("; ".join(_sentence(problem) for problem in error.errors())) from None


def _sentence(problem: object) -> str:
    assert isinstance(problem, dict)
    field = str(problem["loc"][0])
    reason = str(problem["msg"]).removeprefix("Value error, ")
    given = "" if field in _CONFIDENTIAL else f" (it is {problem['input']!r})"
    return f"{PREFIX}{field.upper()} cannot be used: {reason[0].lower()}{reason[1:]}{given}"


def _with_scheme(value: str | None, *schemes: str) -> str | None:
    if value is None:
        return None
    allowed = " or ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises ValueError when the port is no number
    except ValueError as error:
        raise ValueError("it is not a URL") from error
    if parts.scheme not in schemes:
        raise ValueError(f"it must start with {allowed}")
    return value


def _create_secret(path: Path) -> None:
    """Several processes may start at once: whoever links first wins, and nobody ever reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".secret-", dir=path.parent)  # mkstemp: mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
