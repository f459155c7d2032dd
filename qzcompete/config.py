"""Every setting of the product, typed, read once from the environment.

Each has a safe default or makes the start fail with one sentence that says what to do. `docs/settings.md`
lists them and a test compares the two.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit


class SettingError(Exception):
    """A setting cannot be used; the message names it and says what to write instead."""


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    database_url: str
    statement_timeout_s: int
    lock_timeout_s: int
    secret_key: str
    field_keys: tuple[str, ...]
    public_url: str
    host: str
    port: int
    web_workers: int
    job_workers: int
    trusted_proxies: int
    session_idle_minutes: int
    session_hours: int
    sign_in_attempts: int
    lock_minutes: int
    second_factor_roles: tuple[str, ...]
    grant_hours: int
    build: str
    files_url: str
    virus_scanner: str
    metrics_token: str
    max_upload_mb: int
    log_level: str
    signing_key: str
    signing_password: str
    timestamp_url: str
    smtp_url: str
    mail_from: str
    objection_days: int
    objections_per_hour: int
    notice_keep_days: int

    @property
    def https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    def for_flask(self) -> dict[str, object]:
        """The keys that Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": engine_options(
                self.database_url, self.statement_timeout_s, self.lock_timeout_s
            ),
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.https,
            "SESSION_COOKIE_NAME": "qz_session",
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=self.session_hours),
            # Else an answer that comes late brings a session back that was signed out meanwhile.
            "SESSION_REFRESH_EACH_REQUEST": False,
            "MAX_CONTENT_LENGTH": self.max_upload_mb * 1024 * 1024,
            "MAX_FORM_PARTS": 2000,
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": "zh_Hans",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
            "QZ": self,
        }


def engine_options(url: str, statement_s: int, lock_s: int) -> dict[str, object]:
    """What waits longer than these seconds is a fault to be shown, not a page that hangs."""
    if url.startswith("postgresql"):
        limits = f"-c statement_timeout={statement_s}s -c lock_timeout={lock_s}s"
        options: dict[str, object] = {
            "pool_pre_ping": True,
            "pool_size": 8,
            "connect_args": {"options": f"{limits} -c synchronous_commit=on"},
        }
    else:
        options = {"connect_args": {"timeout": lock_s}}
    # Names and document numbers are parameters of statements; errors are logged.
    return {**options, "hide_parameters": True}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read all `QZ_…` variables; raises SettingError for a name or value that cannot be used."""
    env = os.environ if environ is None else environ
    refuse_unknown(env)
    data_dir = writable_folder(Path(env.get("QZ_DATA_DIR") or "var").absolute())
    port = whole(env, "QZ_PORT", 8000, 1, 65535)
    return Settings(
        data_dir=data_dir,
        database_url=database_url(env, data_dir),
        statement_timeout_s=whole(env, "QZ_STATEMENT_TIMEOUT_S", 30, 1, 3600),
        lock_timeout_s=whole(env, "QZ_LOCK_TIMEOUT_S", 5, 1, 600),
        secret_key=long_secret(env, data_dir),
        field_keys=field_keys(env, data_dir),
        public_url=public_url(env, port),
        host=env.get("QZ_HOST", "127.0.0.1"),
        port=port,
        web_workers=whole(env, "QZ_WEB_WORKERS", 2, 1, 64),
        job_workers=whole(env, "QZ_JOB_WORKERS", 1, 0, 64),
        trusted_proxies=whole(env, "QZ_TRUSTED_PROXIES", 0, 0, 5),
        session_idle_minutes=whole(env, "QZ_SESSION_IDLE_MINUTES", 30, 1, 1440),
        session_hours=whole(env, "QZ_SESSION_HOURS", 12, 1, 72),
        sign_in_attempts=whole(env, "QZ_SIGN_IN_ATTEMPTS", 5, 1, 100),
        lock_minutes=whole(env, "QZ_LOCK_MINUTES", 15, 1, 1440),
        second_factor_roles=names(env, "QZ_SECOND_FACTOR_ROLES", "admin,officer,supervisor,bureau_officer"),
        grant_hours=whole(env, "QZ_GRANT_HOURS", 72, 1, 720),
        build=env.get("QZ_BUILD", ""),
        files_url=files_url(env),
        virus_scanner=virus_scanner(env),
        metrics_token=metrics_token(env),
        max_upload_mb=whole(env, "QZ_MAX_UPLOAD_MB", 20, 1, 500),
        log_level=one_of(env, "QZ_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        signing_key=env.get("QZ_SIGNING_KEY", ""),
        signing_password=env.get("QZ_SIGNING_PASSWORD", ""),
        timestamp_url=env.get("QZ_TIMESTAMP_URL", ""),
        smtp_url=smtp_url(env),
        mail_from=mail_from(env),
        objection_days=whole(env, "QZ_OBJECTION_DAYS", 10, 1, 60),
        objections_per_hour=whole(env, "QZ_OBJECTIONS_PER_HOUR", 5, 1, 1000),
        notice_keep_days=whole(env, "QZ_NOTICE_KEEP_DAYS", 30, 0, 3650),
    )


def setting_names() -> list[str]:
    return [f"QZ_{field.name.upper()}" for field in fields(Settings)]


def refuse_unknown(env: Mapping[str, str]) -> None:
    unknown = sorted(name for name in env if name.startswith("QZ_") and name not in setting_names())
    if unknown:
        raise SettingError(f"{', '.join(unknown)}: no such setting; docs/settings.md lists them all")


def whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not least <= int(text) <= most:
        raise SettingError(f"{name} is {text!r}: write a whole number from {least} to {most}")
    return int(text)


def one_of(env: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    text = env.get(name, default).upper()
    if text not in choices:
        raise SettingError(f"{name} is {text!r}: write one of {', '.join(choices)}")
    return text


def names(env: Mapping[str, str], name: str, default: str) -> tuple[str, ...]:
    """A list by comma; nothing written means none."""
    found = tuple(one.strip() for one in env.get(name, default).split(",") if one.strip())
    if bad := [one for one in found if not one.isidentifier()]:
        raise SettingError(f"{name}: {', '.join(bad)} is no name of a role; write them by comma, or nothing")
    return found


def writable_folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise SettingError(
            f"QZ_DATA_DIR {path} cannot be written ({error.strerror}): choose a folder that this user may write"
        ) from error
    return path


def database_url(env: Mapping[str, str], data_dir: Path) -> str:
    url = env.get("QZ_DATABASE_URL", f"sqlite:///{data_dir / 'qzcompete.sqlite3'}")
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not usable_database(url):
        raise SettingError("QZ_DATABASE_URL: write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return url


def usable_database(url: str) -> bool:
    """A file or a server: what is in memory only would be another database for each process."""
    # Imported here, for commands without a database start without SQLAlchemy.
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        return False
    if parts.drivername == "sqlite":
        return url.startswith("sqlite:///") and parts.database not in (None, "", ":memory:")
    return parts.drivername == "postgresql+psycopg"


def public_url(env: Mapping[str, str], port: int) -> str:
    url = env.get("QZ_PUBLIC_URL") or f"http://localhost:{port}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingError(f"QZ_PUBLIC_URL is {url!r}: write the address that the public uses, https://…")
    return url.rstrip("/")


def files_url(env: Mapping[str, str]) -> str:
    """Empty for the folder `files` of the data folder."""
    url = env.get("QZ_FILES_URL", "")
    if url and (urlsplit(url).scheme != "s3" or not urlsplit(url).netloc):
        raise SettingError("QZ_FILES_URL: write s3://BUCKET/PREFIX?endpoint=https://STORAGE, or leave it out")
    return url


def virus_scanner(env: Mapping[str, str]) -> str:
    address = env.get("QZ_VIRUS_SCANNER", "")
    host, colon, port = address.rpartition(":")
    if address and not address.startswith("/") and not (host and colon and port.isdigit()):
        raise SettingError("QZ_VIRUS_SCANNER: write HOST:PORT or /PATH/OF/SOCKET of clamd, or leave it out")
    return address


def smtp_url(env: Mapping[str, str]) -> str:
    url = env.get("QZ_SMTP_URL", "")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if url and not usable:
        raise SettingError(
            "QZ_SMTP_URL: write smtp://USER:PASSWORD@HOST:PORT or smtps://…, or leave it empty"
        )
    return url


def mail_from(env: Mapping[str, str]) -> str:
    address = env.get("QZ_MAIL_FROM", "")
    name, at, host = address.partition("@")
    if env.get("QZ_SMTP_URL") and not (
        name and at and host and address.isascii() and address.split() == [address]
    ):
        raise SettingError("QZ_MAIL_FROM: write the address that letters come from, name@example.cn")
    return address


def metrics_token(env: Mapping[str, str]) -> str:
    token = env.get("QZ_METRICS_TOKEN", "")
    if token and len(token) < 20:
        raise SettingError("QZ_METRICS_TOKEN is shorter than 20 characters: write a long random one")
    return token


def long_secret(env: Mapping[str, str], data_dir: Path) -> str:
    key = env.get("QZ_SECRET_KEY") or kept_key(data_dir / "secret.key", lambda: secrets.token_urlsafe(48))
    if len(key) < 32:
        raise SettingError("QZ_SECRET_KEY is shorter than 32 characters: write a long random one")
    return key


def field_keys(env: Mapping[str, str], data_dir: Path) -> tuple[str, ...]:
    """Keys of the encrypted columns, newest first; the others only decrypt (rotation)."""
    text = env.get("QZ_FIELD_KEYS") or kept_key(data_dir / "field.key", new_field_key)
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if not keys or any(len(decoded(key)) != 32 for key in keys):
        raise SettingError("QZ_FIELD_KEYS: write keys of 32 bytes in URL-safe base64, newest first, by comma")
    return keys


def new_field_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def decoded(key: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(key)
    except ValueError:
        return b""


def kept_key(path: Path, make: Callable[[], str]) -> str:
    """The key in `path`; made on the first start, readable by the owner alone."""
    try:
        if not path.exists():
            keep_key(path, make())
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SettingError(f"{path} cannot be read as a key ({error}): put the right file there") from error


def keep_key(path: Path, made: str) -> None:
    """On the disk before it is used: without this key, what it encrypted is lost."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    try:
        # link() fails where the file exists: of two first starts at once, one key wins for both.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
