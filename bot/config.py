"""All settings of the process: one frozen object, read once from the environment or ``.env``."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.channels.schemes import LOCAL_SCHEMES
from domain.webhooks.addresses import Allowed

PREFIX = "TAPSYRYS_"

_FILE = ".env"

_TOKEN = re.compile(r"[0-9]{3,}:[A-Za-z0-9_-]{20,}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_POSTGRES = "postgresql+asyncpg"
_LISTEN = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):[0-9]{1,5}")
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


class SettingsError(Exception):
    """The process cannot start; the text names each variable and what to do about it."""


class Settings(BaseSettings):
    """What an operator decides. Secrets do not show in ``repr``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=_FILE,
        # Editors of Windows begin a file with a mark, and the first name would not be known.
        env_file_encoding="utf-8-sig",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    # Unset: an embedded PostgreSQL in the data directory. It holds a password, hence a secret.
    database_url: SecretStr | None = None
    data_dir: Path = Path("./var")
    web_host: str = "127.0.0.1"
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    # Set: updates come by webhook to this address; unset: by long polling.
    public_url: str | None = None
    webhook_secret: SecretStr | None = None
    admins: Annotated[frozenset[int], NoDecode] = frozenset()
    # Unset: files are kept in the data directory; "s3://bucket/prefix?endpoint=..." may hold keys.
    files_url: SecretStr | None = None
    # Whose hours, terms and rules of faults hold for support: act 366 or act 627.
    regime: Literal["366", "627"] = "366"
    # A service that writes down speech as OpenAI's does; unset: voice is only listened to.
    transcribe_url: str | None = None
    transcribe_key: SecretStr | None = None
    transcribe_model: str = "whisper-1"
    # Unset: a year, the most that act 366 lets recordings of support be kept (clause 21.2).
    keep_recordings_days: Annotated[int, Field(ge=1, le=365)] | None = None
    # How long single attempts to send work and news are kept; the notices stay, and all that is
    # statutory.
    keep_attempts_days: Annotated[int, Field(ge=90, le=36_500)] = 1095

    # Who may read /metrics; unset: only this machine itself.
    metrics_token: SecretStr | None = None
    # What Telegram lets this bot send: messages a second in all, a second to a person (with a short
    # burst), a minute to a group. More than the defaults only where Telegram has granted it.
    messages_per_second: Annotated[int, Field(ge=1, le=1000)] = 30
    messages_per_chat: Annotated[float, Field(gt=0, le=30)] = 1
    messages_per_burst: Annotated[int, Field(ge=1, le=30)] = 3
    messages_per_group_minute: Annotated[int, Field(ge=4, le=1000)] = 20

    # An administrator's chat that gets a test notice every so many minutes; unset: none is sent.
    canary_chat: int | None = None
    canary_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    # Where an alarm goes when notices do not: an address of Apprise, which may hold a password.
    alarm_url: SecretStr | None = None

    # Where letters for support are taken in by SMTP, as HOST:PORT; unset: nowhere.
    mail_listen: str | None = None
    # Certificate and key (PEM) by which those who bring letters may speak in private (STARTTLS).
    mail_tls_cert: Path | None = None
    mail_tls_key: Path | None = None
    # The desk's own address: letters are taken for it and sent from it.
    mail_address: str | None = None
    # Where letters go out; it holds a password, hence a secret. Unset: they wait.
    smtp_url: SecretStr | None = None

    # Gateways of notices, addresses of Apprise with {to} in place of the receiver's address. They
    # hold passwords. Unset: letters go by ``smtp_url``, and there are no SMS.
    email_url: SecretStr | None = None
    sms_url: SecretStr | None = None
    # Schemes of Apprise that people may give addresses of; empty: none.
    other_schemes: Annotated[frozenset[str], NoDecode] = frozenset()
    emails_per_minute: Annotated[int, Field(ge=1, le=6000)] = 60
    sms_per_minute: Annotated[int, Field(ge=1, le=6000)] = 30
    others_per_minute: Annotated[int, Field(ge=1, le=6000)] = 60

    # Hosts and networks that webhooks may go to besides public addresses.
    webhook_allow: Annotated[tuple[str, ...], NoDecode] = ()

    @field_validator("webhook_allow", mode="before")
    @classmethod
    def _webhook_allow(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = tuple(part.strip() for part in value.split(",") if part.strip())
        try:
            Allowed.of(parts)
        except ValueError:
            raise ValueError("must be hosts and networks such as erp.local,10.1.0.0/16") from None
        return parts

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("does not look like a bot token; copy it from @BotFather")
        return value

    @field_validator("telegram_api")
    @classmethod
    def _telegram_api(cls, value: str) -> str:
        return _web_address(value)

    @field_validator("transcribe_url")
    @classmethod
    def _transcribe_url(cls, value: str | None) -> str | None:
        return None if value is None else _web_address(value)

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        url = _web_address(value)
        if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in _LOOPBACK:
            raise ValueError("must begin with https:// (Telegram sends webhooks to https only)")
        return url

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        scheme, separator, rest = value.get_secret_value().partition("://")
        if not separator or scheme not in ("postgresql", "postgres", _POSTGRES):
            raise ValueError(
                "must be an address of PostgreSQL such as postgresql://user:password@host/name"
            )
        _check_port(rest)
        return SecretStr(f"{_POSTGRES}://{rest}")

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("may hold only letters, digits, _ and -, at most 256 of them")
        return value

    @field_validator("files_url")
    @classmethod
    def _files_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("s3://", "file://")):
            raise ValueError("must begin with s3:// or file://")
        return value

    @field_validator("mail_listen")
    @classmethod
    def _mail_listen(cls, value: str | None) -> str | None:
        if value is not None and not _LISTEN.fullmatch(value):
            raise ValueError("must be HOST:PORT such as 0.0.0.0:25")
        _check_port(value or "")
        return value

    @field_validator("mail_address")
    @classmethod
    def _mail_address(cls, value: str | None) -> str | None:
        if value is not None and not _MAIL_ADDRESS.fullmatch(value):
            raise ValueError("must be an e-mail address such as support@example.kz")
        return None if value is None else value.lower()

    @field_validator("smtp_url")
    @classmethod
    def _smtp_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            scheme, _, rest = value.get_secret_value().partition("://")
            _check_port(rest)
            if scheme not in ("smtp", "smtps", "starttls") or not urlsplit(f"//{rest}").hostname:
                raise ValueError(
                    "must be an address such as starttls://user:password@mail.example.kz:587 "
                    "(or smtps://, or smtp:// without encryption)"
                )
        return value

    @field_validator("email_url", "sms_url")
    @classmethod
    def _gateway(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            scheme, separator, rest = value.get_secret_value().partition("://")
            if not separator or rest.count("{to}") != 1 or scheme.lower() in LOCAL_SCHEMES:
                raise ValueError(
                    "must be an address of Apprise with {to} where the receiver's address goes, "
                    "such as smseagle://token@host/{to}"
                )
        return value

    @field_validator("other_schemes", mode="before")
    @classmethod
    def _schemes(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        schemes = frozenset(each.strip().lower() for each in value.split(",") if each.strip())
        if bad := sorted(each for each in schemes if each in LOCAL_SCHEMES or not each.isalnum()):
            raise ValueError(f"may not hold {bad[0]}: list schemes of Apprise such as slack,matrix")
        return schemes

    @property
    def mail_door(self) -> tuple[str, int] | None:
        """Host and port of ``mail_listen``."""
        if self.mail_listen is None:
            return None
        host, _, port = self.mail_listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def mail_certificate(self) -> tuple[Path, Path] | None:
        """The files of the listener's certificate and of its key; one file may hold both."""
        if self.mail_tls_cert is None:
            return None
        return self.mail_tls_cert, self.mail_tls_key or self.mail_tls_cert

    @field_validator("admins", mode="before")
    @classmethod
    def _admins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError("must be Telegram ids (whole numbers) separated by commas")
        return frozenset(int(part) for part in parts)


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    _check_port(value.partition("://")[2])
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a web address such as https://example.org")
    return value.rstrip("/")


def _check_port(rest: str) -> None:
    """What follows ``://`` may name a port; urlsplit finds a wrong one only when it is asked."""
    try:
        _ = urlsplit(f"//{rest}").port
    except ValueError:
        raise ValueError("has a port that is no number from 0 to 65535") from None


def _problems(error: ValidationError) -> list[str]:
    found = []
    for item in error.errors(include_input=False, include_url=False):
        name = PREFIX + str(item["loc"][0] if item["loc"] else "").upper()
        found.append(f"{name}: {item['msg'].removeprefix('Value error, ')}")
    return found


def load_settings(need_token: bool) -> Settings:
    """Read the settings; ``need_token`` says that this command talks to Telegram.

    Raises SettingsError that names every wrong or missing variable at once.
    """
    try:
        settings = Settings()
        problems = _misspelt()
    except ValidationError as error:
        raise SettingsError(_report([*_problems(error), *_misspelt()])) from None
    except UnicodeDecodeError:
        raise SettingsError(_report([f"{_FILE}: is not written in UTF-8; save it anew"])) from None
    if need_token and settings.bot_token is None:
        problems.append(
            f"{PREFIX}BOT_TOKEN: is not set; put the token that @BotFather gave into it or into "
            ".env (to try the bot without a token, run `tapsyrys demo`)"
        )
    if settings.public_url is not None and settings.webhook_secret is None:
        problems.append(
            f"{PREFIX}WEBHOOK_SECRET: is not set, but {PREFIX}PUBLIC_URL is; invent a long random "
            "word, so that nobody but Telegram can send updates"
        )
    if settings.mail_address is None and (settings.mail_listen or settings.smtp_url):
        problems.append(
            f"{PREFIX}MAIL_ADDRESS: is not set; name the address of support, for which letters "
            "are taken and from which they are sent"
        )
    if settings.mail_tls_key is not None and settings.mail_tls_cert is None:
        problems.append(f"{PREFIX}MAIL_TLS_CERT: is not set, but {PREFIX}MAIL_TLS_KEY is")
    if problems:
        raise SettingsError(_report(problems))
    return settings


def _misspelt() -> list[str]:
    """Names that are nearly those of settings: unnoticed, the setting would stay at its default."""
    names = [name.upper() for name in Settings.model_fields]
    given = {*os.environ, *dotenv_values(_FILE, encoding="utf-8-sig")}
    found = []
    for name in sorted(given):
        short = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and short not in names:
            near = get_close_matches(short, names, n=1, cutoff=0.8)
            found += [f"{name}: is no setting; do you mean {PREFIX}{each}?" for each in near]
    return found


def _report(problems: list[str]) -> str:
    return "\n".join(["The settings are not right:", *(f"  {line}" for line in problems)])
