from __future__ import annotations

import socket
from pathlib import Path

import pytest

from botarmy.notify import Mail, MailServer, Notice, Undelivered
from tests.notify.receivers import Letters, certificate, taking_mail

NOTICE = Notice(
    notice_id="01939f3e-0001",
    kind="request.opened",
    timestamp="2026-11-20T09:30:00.000Z",
    headline="“Tip calculator für\nalle” needs you: a question of Analyst",
    lines=("Which currency?\n.\nEuro, or Dollar?",),
    url="https://bots.example.org/projects/r1",
)
TO = ("anna@example.org", "ben@example.org")
SENDER = "botarmy@example.org"


async def test_a_letter_goes_to_all_over_starttls_with_user_and_password(tmp_path: Path) -> None:
    trusted = certificate(tmp_path)
    with taking_mail(Letters(tls=trusted.server, user=("bot", "pass word/1"))) as letters:
        server = MailServer.at(f"smtp://bot:pass%20word%2F1@localhost:{letters.port}")
        await Mail(server, SENDER, TO, trusted.trusting).send(NOTICE)
        secure, to, letter = letters.next()
    assert secure
    assert to == list(TO)
    assert letter["Subject"] == "“Tip calculator für alle” needs you: a question of Analyst"
    assert (letter["From"], letter["To"]) == (SENDER, ", ".join(TO))
    assert letter["Message-ID"] == "<01939f3e-0001@example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    said = letter.get_content().replace("\r\n", "\n")
    assert "Which currency?\n.\nEuro, or Dollar?" in said
    assert said.rstrip().endswith("https://bots.example.org/projects/r1")


async def test_a_letter_goes_over_tls_from_the_first_byte(tmp_path: Path) -> None:
    trusted = certificate(tmp_path)
    with taking_mail(Letters(tls=trusted.server, from_the_start=True)) as letters:
        await Mail(MailServer.at(f"smtps://localhost:{letters.port}"), SENDER, TO, trusted.trusting).send(NOTICE)
        assert letters.next()[0]


async def test_a_server_on_this_machine_may_do_without_tls() -> None:
    with taking_mail(Letters()) as letters:
        await Mail(MailServer.at(f"smtp+plain://localhost:{letters.port}"), SENDER, TO).send(NOTICE)
        assert not letters.next()[0]


async def test_nothing_is_sent_where_starttls_is_not_offered_or_the_certificate_is_a_stranger_s(tmp_path: Path) -> None:
    with taking_mail(Letters()) as letters:
        with pytest.raises(Undelivered, match="offers no STARTTLS"):
            await Mail(MailServer.at(f"smtp://localhost:{letters.port}"), SENDER, TO).send(NOTICE)
        assert letters.taken.empty()
    with taking_mail(Letters(tls=certificate(tmp_path).server)) as letters:
        with pytest.raises(Undelivered, match="certificate is not valid here"):
            await Mail(MailServer.at(f"smtp://localhost:{letters.port}"), SENDER, TO).send(NOTICE)
        assert letters.taken.empty()


@pytest.mark.parametrize(
    ("refuse", "words", "lasting"),
    [
        ({"MAIL": "550 no"}, "check notify_email_from", False),
        ({"RCPT": "550 no"}, "check notify_email_to", False),
        ({"DATA.": "554 spam"}, "does not take this e-mail", True),
        ({"DATA.": "451 later"}, "does not take this e-mail", False),
        ({"EHLO": "421 busy", "HELO": "421 busy"}, "broke off", False),
    ],
)
async def test_a_refusal_is_told_in_words(refuse: dict[str, str], words: str, lasting: bool) -> None:
    with taking_mail(Letters(refuse=refuse)) as letters, pytest.raises(Undelivered) as failure:
        await Mail(MailServer.at(f"smtp+plain://localhost:{letters.port}"), SENDER, TO).send(NOTICE)
    assert words in failure.value.message
    assert failure.value.lasting is lasting


async def test_a_wrong_password_names_the_setting_and_not_the_password(tmp_path: Path) -> None:
    trusted = certificate(tmp_path)
    with taking_mail(Letters(tls=trusted.server, user=("bot", "right"))) as letters:
        mail = Mail(MailServer.at(f"smtp://bot:wrong-one@localhost:{letters.port}"), SENDER, TO, trusted.trusting)
        with pytest.raises(Undelivered, match="does not accept user and password") as failure:
            await mail.send(NOTICE)
    assert "wrong-one" not in failure.value.message
    assert "wrong-one" not in repr(mail.__dict__)


async def test_a_server_that_is_not_there_is_a_failure_that_names_the_setting() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Undelivered, match="cannot be reached: check smtp_url"):
            await Mail(MailServer.at(f"smtp+plain://127.0.0.1:{nobody.getsockname()[1]}"), SENDER, TO).send(NOTICE)


def test_an_address_without_a_port_means_the_usual_one() -> None:
    assert [MailServer.at(f"{scheme}://mail").port for scheme in ("smtp", "smtps", "smtp+plain")] == [587, 465, 25]
