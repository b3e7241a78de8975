"""Notices as e-mails in plain text, by Python's own SMTP client in a thread: they are few, and servers are slow."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import anyio
import anyio.to_thread

from botarmy.domain.times import moment
from botarmy.notify.channel import Undelivered
from botarmy.notify.notice import Notice

SECONDS: Final = 20.0
"""How long the server may take for each word."""
WHOLE_SECONDS: Final = 60.0
"""How long all of it may take."""
PORTS: Final = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mails are handed in."""

    host: str
    port: int
    security: str
    """`smtp`: STARTTLS, or nothing is sent. `smtps`: TLS from the first byte. `smtp+plain`: none."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def at(cls, url: str) -> MailServer:
        """As the setting `smtp_url` writes it. Raises ValueError for a port that is none."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or PORTS[parts.scheme],
            security=parts.scheme,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


class Mail:
    """One e-mail for each notice, to all at once.

    Args:
        tls: checks certificates; None: as this system trusts them.
    """

    name: Final = "email"

    def __init__(self, server: MailServer, sender: str, to: Sequence[str], tls: ssl.SSLContext | None = None) -> None:
        self._server: Final = server
        self._sender: Final = sender
        self._to: Final = tuple(to)
        self._tls: Final = tls

    async def send(self, notice: Notice) -> None:
        try:
            with anyio.fail_after(WHOLE_SECONDS):
                await anyio.to_thread.run_sync(self._hand_in, self._letter(notice), abandon_on_cancel=True)
        except TimeoutError as error:
            raise _in_words(error) from error

    def _letter(self, notice: Notice) -> EmailMessage:
        letter = EmailMessage()
        headline = " ".join(notice.headline.split())
        letter["Subject"] = headline[:200]
        letter["From"] = self._sender
        letter["To"] = ", ".join(self._to)
        letter["Date"] = format_datetime(moment(notice.timestamp))
        letter["Message-ID"] = f"<{notice.notice_id}@{self._sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        link = () if notice.url is None else (notice.url,)
        letter.set_content("\n\n".join((headline, *notice.lines, *link)) + "\n")
        return letter

    def _hand_in(self, letter: EmailMessage) -> None:
        try:
            with self._connected() as server:
                if self._server.user is not None:
                    server.login(self._server.user, self._server.password or "")
                server.send_message(letter, self._sender, self._to)
        except (smtplib.SMTPException, OSError) as error:
            raise _in_words(error) from error

    def _connected(self) -> smtplib.SMTP:
        at, tls = self._server, self._tls or ssl.create_default_context()
        if at.security == "smtps":
            return smtplib.SMTP_SSL(at.host, at.port, timeout=SECONDS, context=tls)
        server = smtplib.SMTP(at.host, at.port, timeout=SECONDS)
        if at.security == "smtp":
            try:
                server.starttls(context=tls)
            except BaseException:
                server.close()
                raise
        return server


_WORDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (
        smtplib.SMTPNotSupportedError,
        "The mail server offers no STARTTLS, or no sign-in: use smtps:// in smtp_url, or smtp+plain:// for a server on "
        "this machine.",
    ),
    (smtplib.SMTPAuthenticationError, "The mail server does not accept user and password: check smtp_url."),
    (smtplib.SMTPSenderRefused, "The mail server does not accept the sender: check notify_email_from."),
    (smtplib.SMTPRecipientsRefused, "The mail server accepts none of the addresses: check notify_email_to."),
    (smtplib.SMTPDataError, "The mail server does not take this e-mail."),
    (smtplib.SMTPException, "The mail server broke off in the middle."),
    (ssl.SSLError, "The mail server's certificate is not valid here, or it speaks no TLS: check smtp_url."),
    (TimeoutError, "The mail server did not answer in time: check smtp_url."),
    (OSError, "The mail server cannot be reached: check smtp_url."),
)
"""The first that fits."""


def _in_words(error: Exception) -> Undelivered:
    words = next(words for kind, words in _WORDS if isinstance(error, kind))
    return Undelivered(words, lasting=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)
