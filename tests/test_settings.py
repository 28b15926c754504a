import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"DANGJIAN_{field.upper()}", raising=False)


def test_without_variables_everything_is_local() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.is_loopback
    assert settings.database_url is None
    assert settings.redis_url is None
    assert settings.var.is_absolute()
    assert settings.var.name == "var"


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGJIAN_DATABASE_URL", "")
    monkeypatch.setenv("DANGJIAN_PORT", "")
    assert load_settings().database_url is None
    assert load_settings().port == 8000


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_what_counts_as_this_machine_only(host: str, loopback: bool) -> None:
    assert Settings(host=host).is_loopback is loopback


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "many"),
        ("PORT", "65536"),
        ("WORKERS", "0"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("DATABASE_URL", "postgres://root:hunter2@db:port/x"),
        ("REDIS_URL", "http://:hunter2@cache"),
        ("SECRET", "hunter2"),
        ("TOKEN_MINUTES", "-1"),
        ("SESSION_HOURS", "0"),
        ("SESSION_IDLE_MINUTES", "soon"),
        ("OIDC_ISSUER", "http://login.example"),
        ("OIDC_ISSUER", "https://login.example/?a=b"),
        ("OIDC_ISSUER", "login.example"),
        ("OIDC_REDIRECT", "http://cloud.example/sign-in/callback"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_POOL", "0"),
        ("STATEMENT_TIMEOUT_SECONDS", "soon"),
    ],
)
def test_a_wrong_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(f"DANGJIAN_{variable}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    message = str(refused.value)
    assert message.startswith(f"DANGJIAN_{variable} cannot be used: ")
    assert "\n" not in message
    assert "hunter2" not in message


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGJIAN_PORT", "x")
    monkeypatch.setenv("DANGJIAN_WORKERS", "y")
    with pytest.raises(SettingsError, match=r"DANGJIAN_PORT .*; DANGJIAN_WORKERS "):
        load_settings()


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    with ThreadPoolExecutor(8) as threads:
        secrets = set(threads.map(lambda _: settings.signing_secret(), range(64)))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 32
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_a_given_secret_is_used_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGJIAN_SECRET", "k" * 40)
    monkeypatch.setenv("DANGJIAN_VAR", str(tmp_path))
    settings = load_settings()
    assert settings.signing_secret() == "k" * 40
    assert "k" * 40 not in repr(settings)
    assert not list(tmp_path.iterdir())


def test_a_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(SettingsError, match="shorter"):
        Settings(var=tmp_path).signing_secret()
    (tmp_path / "other").write_text("")
    with pytest.raises(SettingsError, match="cannot be used"):
        Settings(var=tmp_path / "other").signing_secret()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    secret = Settings(var=tmp_path).signing_secret()
    (tmp_path / "secret").chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600") as refused:
        Settings(var=tmp_path).signing_secret()
    assert secret not in str(refused.value)


def test_a_server_that_others_reach_seals_its_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGJIAN_AUDIT_SEAL_SECONDS", "0")
    assert load_settings().audit_seal_seconds == 0
    monkeypatch.setenv("DANGJIAN_HOST", "0.0.0.0")
    with pytest.raises(
        SettingsError, match=r"^DANGJIAN_AUDIT_SEAL_SECONDS cannot be used: .* seal its audit"
    ):
        load_settings()
    monkeypatch.setenv("DANGJIAN_AUDIT_SEAL_SECONDS", "1")
    assert load_settings().audit_seal_seconds == 1
