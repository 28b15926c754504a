"""All settings of the process, read once from the environment.

A wrong value stops the start with one sentence that names the variable and never repeats a secret value.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

if TYPE_CHECKING:
    from runtime.encryption import Keyring

PREFIX = "DANGJIAN_"
SECRET_BYTES = 32  # RFC 7518 section 3.2: an HS256 key is at least as long as its hash
_CONFIDENTIAL = {"secret", "keys", "database_url", "redis_url", "oidc_client_secret"}  # may hold a password


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
    keys: SecretStr | None = None
    """The keys of encryption, as JSON in the form of a key file (runtime/keys.py)."""
    keys_file: Path | None = None
    """A file with them; None: `keys.json` in `var`, made at first use. Read either with `keyring()`."""
    encryption: Literal["AES-GCM", "SM4-GCM"] = "AES-GCM"
    """What new values are encrypted with; `dangjian keys rotate` brings the others along."""
    token_minutes: Annotated[float, Field(gt=0, le=720)] = 30
    """How long a token works; `renewToken` gives the next one while the session stands."""
    session_hours: Annotated[float, Field(gt=0, le=720)] = 12
    """How long a sign-in lasts at most, however often its token is renewed."""
    session_idle_minutes: Annotated[float, Field(gt=0, le=1440)] = 120
    """A session whose token was not renewed for so long has ended."""
    officials_need_code: bool = True
    """Whether an account with any role besides MEMBER and PARTNER_APP needs a one-time code beside its password."""
    oidc_issuer: str | None = None
    """The province's identity service (OpenID Connect), as its discovery document names itself; None: none."""
    oidc_client_id: str | None = Field(default=None, validate_default=True)
    oidc_client_secret: SecretStr | None = None
    oidc_redirect: str | None = Field(default=None, validate_default=True)
    """Our /sign-in/callback as the identity service knows it; may be left out on a server for this machine alone."""
    oidc_claim: Annotated[str, Field(min_length=1)] = "sub"
    """The claim of the identity service's token that names who it is about."""
    oidc_app_redirects: Annotated[tuple[str, ...], NoDecode] = ()
    """Where apps may have the identity service send their codes (signInWithCode), joined by spaces."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    database_pool: Annotated[int, Field(ge=1, le=1000)] = 10
    """Connections of one worker process to the database, at most."""
    audit_anchor: Path | None = None
    """Where the heads of the sealed audit trail are appended, best on another machine's disk or one that only grows;
    None: `audit-anchor.jsonl` in `var`."""
    audit_seal_seconds: Annotated[float, Field(ge=0, le=600)] = 5
    """Between two batches of sealing; 0 leaves it off, which is for tests on this machine alone."""
    statement_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 3
    operation_timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 5
    """For a read as a whole; writes have 30 s."""
    introspection: Literal["officials", "everybody"] = "officials"
    """Who may read the schema and is told of its names; members and strangers use what the app sends."""
    metrics: Literal["loopback", "everybody"] = "loopback"
    """Who may read /metrics: who comes from this machine, or everybody."""
    budget_per_minute: Annotated[int, Field(ge=0)] | None = None
    """Points that one account, or one address of nobody, may use in a minute; 0: no limit. None: 60,000 when others
    than this machine can reach the server, else no limit."""
    trusted_documents: bool | None = None
    """Whether members, secretaries and strangers may send registered operations only. None: when others than this
    machine can reach the server."""
    operations: Path | None = None
    """A directory of *.graphql files: the operations of an app of one's own, registered beside those shipped."""
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

    @field_validator("operations")
    @classmethod
    def _directory(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        place = value.expanduser().absolute()
        if not place.is_dir():
            raise ValueError(f"{place} is no directory")
        return place

    @field_validator("oidc_issuer", "oidc_redirect")
    @classmethod
    def _https(cls, value: str | None) -> str | None:
        """What a sign-in rests on is never fetched in the clear, but from this machine itself."""
        if value is None:
            return None
        parts = urlsplit(value)
        if not parts.hostname or parts.query or parts.fragment:
            raise ValueError("it is no address of a service")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
            raise ValueError("it must start with https://")
        return value

    @field_validator("oidc_client_id")
    @classmethod
    def _named(cls, value: str | None, given: ValidationInfo) -> str | None:
        if value is None and given.data.get("oidc_issuer"):
            raise ValueError("the identity service of DANGJIAN_OIDC_ISSUER has to know us by a name")
        return value

    @field_validator("oidc_redirect")
    @classmethod
    def _reachable(cls, value: str | None, given: ValidationInfo) -> str | None:
        if value is None and given.data.get("oidc_issuer") and not is_loopback(given.data.get("host", "")):
            raise ValueError("a server that listens beyond this machine has to say where people come back to")
        return value

    @field_validator("oidc_app_redirects", mode="before")
    @classmethod
    def _apart(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("audit_seal_seconds")
    @classmethod
    def _sealed(cls, value: float, given: ValidationInfo) -> float:
        if not value and not is_loopback(given.data.get("host", "")):
            raise ValueError("a server that listens beyond this machine has to seal its audit trail")
        return value

    @field_validator("var", "keys_file")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @field_validator("keys_file")
    @classmethod
    def _one_source(cls, value: Path | None, given: ValidationInfo) -> Path | None:
        if value and given.data.get("keys"):
            raise ValueError("DANGJIAN_KEYS is set, too; give one of them")
        return value

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
        return is_loopback(self.host)

    @property
    def points_per_minute(self) -> int:
        if self.budget_per_minute is not None:
            return self.budget_per_minute
        return 0 if self.is_loopback else 60_000

    @property
    def binds_documents(self) -> bool:
        return not self.is_loopback if self.trusted_documents is None else self.trusted_documents

    def signing_secret(self) -> str:
        """The key of the access tokens; made in `var/secret` at first use when none is set.

        Raises SettingsError when that file cannot be made, read or trusted."""
        if self.secret is not None:
            return self.secret.get_secret_value()
        path = self.var / "secret"
        try:
            if not path.exists():
                _create_secret(path)
            with path.open(encoding="ascii") as file:
                if os.fstat(file.fileno()).st_mode & 0o077:
                    raise SettingsError(f"{path} may be read by others; run chmod 600 {path} first")
                text = file.read().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} cannot be used ({error}); set DANGJIAN_SECRET instead") from error
        if len(text) < SECRET_BYTES:
            raise SettingsError(f"{path} is shorter than {SECRET_BYTES} characters; delete it for a new one")
        return text

    def keyring(self) -> Keyring:
        """The keys of encryption; made in `var/keys.json` at first use when none are set.

        Raises KeysRefused, and SettingsError when that file cannot be made or read."""
        from runtime.encryption import Keyring
        from runtime.keys import create_key_file

        if self.keys is not None:
            return Keyring.from_text(self.keys.get_secret_value(), self.encryption)
        path = self.keys_file or self.var / "keys.json"
        try:
            if self.keys_file is None and not path.exists():
                create_key_file(path)
            return Keyring.from_file(path, self.encryption)
        except OSError as error:
            raise SettingsError(f"the keys of encryption cannot be used ({error})") from error

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


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:  # a host name may resolve to anything
        return False


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
