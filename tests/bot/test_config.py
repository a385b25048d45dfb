"""Every wrong or missing setting is named at the start, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Settings, SettingsError, load_settings

TOKEN = "123456789:" + "A" * 35


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TAPSYRYS_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set_but_the_token() -> None:
    settings = load_settings(need_token=False)
    assert settings.telegram_api == "https://api.telegram.org"
    assert settings.data_dir == Path("var")
    assert (settings.web_port, settings.admins, settings.database_url) == (8080, frozenset(), None)
    with pytest.raises(SettingsError, match=r"TAPSYRYS_BOT_TOKEN: is not set; .*@BotFather"):
        load_settings(need_token=True)


def test_the_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        f"TAPSYRYS_BOT_TOKEN={TOKEN}\nTAPSYRYS_WEB_PORT=9000\nTAPSYRYS_DATABASE_URL=\n"
    )
    monkeypatch.setenv("TAPSYRYS_WEB_PORT", "9001")
    monkeypatch.setenv("TAPSYRYS_ADMINS", " 11, 22,")
    settings = load_settings(need_token=True)
    assert settings.web_port == 9001
    assert settings.admins == {11, 22}
    assert settings.database_url is None


def test_secrets_are_hidden() -> None:
    settings = Settings(
        bot_token=TOKEN,
        database_url="postgresql://tapsyrys:hunter2@db/site",
        webhook_secret="s3cret",
        files_url="s3://bucket?secret_access_key=hunter3",
    )
    shown = f"{settings!r} {settings}"
    assert not any(word in shown for word in (TOKEN, "hunter2", "s3cret", "hunter3"))
    with pytest.raises(ValidationError):
        settings.web_port = 1  # type: ignore[misc] # that it is frozen is what is tested


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_the_database_address_gets_our_driver(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("TAPSYRYS_DATABASE_URL", f"{scheme}://u:p@h/d?ssl=require")
    url = load_settings(need_token=False).database_url
    assert url is not None
    assert url.get_secret_value() == "postgresql+asyncpg://u:p@h/d?ssl=require"


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("BOT_TOKEN", "hunter2", "@BotFather"),
        ("TELEGRAM_API", "api.telegram.org", "https://"),
        ("DATABASE_URL", "mysql://u:hunter2@h/d", "postgresql://"),
        ("WEB_PORT", "hunter2", "integer"),
        ("WEB_PORT", "70000", "65535"),
        ("PUBLIC_URL", "http://bot.example.kz", "https"),
        ("WEBHOOK_SECRET", "hunter2 hunter2", "letters"),
        ("ADMINS", "hunter2", "commas"),
        ("FILES_URL", "ftp://hunter2", "s3://"),
        ("MAIL_LISTEN", "hunter2", "HOST:PORT"),
        ("MAIL_LISTEN", "hunter2:99999", "65535"),
        ("MAIL_ADDRESS", "hunter2", "e-mail"),
        ("SMTP_URL", "ftp://user:hunter2@host", "starttls://"),
        ("SMTP_URL", "smtp://user:hunter2@host:x", "65535"),
        ("WEBHOOK_ALLOW", "erp.local,http://hunter2/", "10.1.0.0/16"),
        ("KEEP_RECORDINGS_DAYS", "366", "365"),
        ("KEEP_RECORDINGS_DAYS", "0", "1"),
        ("KEEP_RECORDINGS_DAYS", "hunter2", "integer"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, advice: str
) -> None:
    monkeypatch.setenv(f"TAPSYRYS_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings(need_token=False)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"  TAPSYRYS_{name}: ")
    assert advice in lines[1]
    assert "hunter2" not in str(caught.value)


def test_all_mistakes_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPSYRYS_WEB_PORT", "x")
    monkeypatch.setenv("TAPSYRYS_ADMINS", "y")
    with pytest.raises(SettingsError) as caught:
        load_settings(need_token=True)
    assert len(str(caught.value).splitlines()) == 3


def test_a_webhook_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPSYRYS_PUBLIC_URL", "https://bot.example.kz/")
    with pytest.raises(SettingsError, match="TAPSYRYS_WEBHOOK_SECRET: is not set"):
        load_settings(need_token=False)
    monkeypatch.setenv("TAPSYRYS_WEBHOOK_SECRET", "long_random_word")
    assert load_settings(need_token=False).public_url == "https://bot.example.kz"
    monkeypatch.setenv("TAPSYRYS_PUBLIC_URL", "http://127.0.0.1:8080")
    assert load_settings(need_token=False).public_url == "http://127.0.0.1:8080"


def test_mail_needs_the_address_of_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPSYRYS_MAIL_LISTEN", "[::1]:2525")
    monkeypatch.setenv("TAPSYRYS_SMTP_URL", "starttls://user:hunter2@mail.example.kz")
    with pytest.raises(SettingsError, match="TAPSYRYS_MAIL_ADDRESS: is not set"):
        load_settings(need_token=False)
    monkeypatch.setenv("TAPSYRYS_MAIL_ADDRESS", "Support@Example.kz")
    settings = load_settings(need_token=False)
    assert (settings.mail_door, settings.mail_address) == (("::1", 2525), "support@example.kz")
    assert "hunter2" not in repr(settings)


def test_a_key_of_mail_needs_its_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPSYRYS_MAIL_TLS_KEY", "key.pem")
    with pytest.raises(SettingsError, match="TAPSYRYS_MAIL_TLS_CERT: is not set"):
        load_settings(need_token=False)
    monkeypatch.setenv("TAPSYRYS_MAIL_TLS_CERT", "cert.pem")
    assert load_settings(need_token=False).mail_certificate == (Path("cert.pem"), Path("key.pem"))
    monkeypatch.delenv("TAPSYRYS_MAIL_TLS_KEY")
    assert load_settings(need_token=False).mail_certificate == (Path("cert.pem"),) * 2


def test_a_misspelt_name_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TAPSYRYS_DATABASE_ULR", "postgresql://db/site")
    (tmp_path / ".env").write_text("TAPSYRYS_ADMIN=11\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(need_token=False)
    assert str(caught.value).splitlines()[1:] == [
        "  TAPSYRYS_ADMIN: is no setting; do you mean TAPSYRYS_ADMINS?",
        "  TAPSYRYS_DATABASE_ULR: is no setting; do you mean TAPSYRYS_DATABASE_URL?",
    ]


def test_names_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPSYRYS_CHROMIUM", "/usr/bin/chromium")
    monkeypatch.setenv("DATABASE_ULR", "anything")
    load_settings(need_token=False)


def test_a_file_of_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfTAPSYRYS_WEB_PORT=9000\r\n")
    assert load_settings(need_token=False).web_port == 9000


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("# База\n".encode("cp1251"))
    with pytest.raises(SettingsError, match=r"\.env: is not written in UTF-8"):
        load_settings(need_token=False)
