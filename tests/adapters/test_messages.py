"""E-mail over a real socket: what a mail server gets, and what its refusals mean."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest

from qzcompete.adapters.messages import Letter, Refused, SmtpMail, mail_carrier

LETTER = Letter("message-7", "wei@example.cn", "报名已受理\r\nBcc: x@example.cn", "您的报名已受理。\n")


class MailHandler(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs; `server.answer` is what it says to a recipient."""

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go on")
                self.server.got.append(self.data())
                self.say("250 kept")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say(self.server.answer if word == b"RCPT" else "250 fine")

    def data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server(answer: str = "250 fine") -> Iterator[tuple[str, list[bytes]]]:
    with socketserver.TCPServer(("127.0.0.1", 0), MailHandler) as server:
        server.answer, server.got = answer, []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", server.got
        server.shutdown()
        thread.join()


def test_a_letter_arrives_with_one_id_and_no_header_of_its_subject() -> None:
    with mail_server() as (url, got):
        SmtpMail(url, "jnjs@qinzhou.example.cn").send(LETTER)

    mail = message_from_bytes(got[0])
    assert str(make_header(decode_header(mail["Subject"]))) == "报名已受理 Bcc: x@example.cn"
    assert (mail["To"], mail["Bcc"], mail["Message-ID"]) == (
        "wei@example.cn",
        None,
        "<message-7@qinzhou.example.cn>",
    )
    assert mail.get_payload(decode=True).decode() == "您的报名已受理。\r\n"


def test_an_unknown_address_is_refused_for_good() -> None:
    with mail_server("550 wei@example.cn unknown") as (url, _), pytest.raises(Refused) as refused:
        SmtpMail(url, "jnjs@qinzhou.example.cn").send(LETTER)

    assert str(refused.value) == "the address was refused (550)"


def test_an_address_that_is_put_off_is_tried_again_later() -> None:
    with mail_server("451 later") as (url, _), pytest.raises(ConnectionError) as put_off:
        SmtpMail(url, "jnjs@qinzhou.example.cn").send(LETTER)

    assert str(put_off.value) == "the address was put off (451)"


def test_nothing_carries_mail_without_a_setting() -> None:
    assert mail_carrier("", "") is None
