"""Letters that leave the system: e-mail by SMTP, short messages by an interface that a gateway of the city fills.

Without a setting nothing leaves. A letter carries its own id, so that one that was sent twice shows as one.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

SECONDS = 20
LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Letter:
    """One message to one address; `id` is the same whenever it is sent again."""

    id: str
    to: str
    subject: str
    body: str


class Refused(Exception):
    """The other side refuses this letter for good: sending it again is of no use."""


class Carrier(Protocol):
    """Sends a letter; raises Refused for good, or anything else for now."""

    def send(self, letter: Letter) -> None: ...


class SmtpMail:
    """`smtp://USER:PASSWORD@HOST:PORT` with STARTTLS (but to this machine itself), or `smtps://…`."""

    def __init__(self, url: str, sender: str) -> None:
        self.parts = urlsplit(url)
        self.sender = sender

    def send(self, letter: Letter) -> None:
        try:
            with self.connected() as server:
                if self.parts.username:
                    server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
                server.send_message(self.written(letter))
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _ in error.recipients.values())
            if code >= 500:
                raise Refused(f"the address was refused ({code})") from None
            raise ConnectionError(f"the address was put off ({code})") from None
        except smtplib.SMTPResponseException as error:
            # Its text may name the address, and errors are logged.
            raise ConnectionError(f"the mail server answered {error.smtp_code}") from None

    def connected(self) -> smtplib.SMTP:
        host, context = self.parts.hostname or "", ssl.create_default_context()
        if self.parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self.parts.port or 465, timeout=SECONDS, context=context)
        server = smtplib.SMTP(host, self.parts.port or 587, timeout=SECONDS)
        if host not in LOCAL:
            server.starttls(context=context)
        return server

    def written(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self.sender, letter.to
        mail["Subject"] = " ".join(letter.subject.split())
        mail["Message-ID"] = f"<{letter.id}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.body)
        return mail


def mail_carrier(url: str, sender: str) -> Carrier | None:
    """By the settings; None where messages stay in the system."""
    return SmtpMail(url, sender) if url else None


def text_carrier() -> Carrier | None:
    """None until the city names a gateway for short messages: its class goes here."""
    return None


class KeptLetters:
    """A carrier that keeps what it is given: for tests and rehearsals."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)
