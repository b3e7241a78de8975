from __future__ import annotations

import hashlib
import hmac
import socket

import pytest

from botarmy.notify import Notice, Undelivered, Webhook
from tests.notify.receivers import receiving

SECRET = "a-secret-of-the-receiver"
NOTICE = Notice(
    notice_id="01939f3e-0001",
    kind="request.opened",
    timestamp="2026-11-20T09:30:00.000Z",
    headline="“Tip calculator” needs you: a question of Analyst",
    url="https://bots.example.org/projects/r1",
    run={"run_id": "r1", "title": "Tip calculator 🚀"},
    request={"request_id": "q1", "prompt": "Which currency?"},
)


def webhook(url: str) -> Webhook:
    return Webhook(url, SECRET, lambda: 1_700_000_000.7, "1.0")


async def test_a_post_says_what_has_happened_and_is_signed_with_its_moment() -> None:
    with receiving() as receiver:
        await webhook(receiver.url).send(NOTICE)
        post = receiver.next()
    assert post.json == {
        "id": "01939f3e-0001",
        "type": "request.opened",
        "timestamp": "2026-11-20T09:30:00.000Z",
        "text": NOTICE.headline,
        "url": NOTICE.url,
        "run": NOTICE.run,
        "request": NOTICE.request,
    }
    assert post.headers["content-type"] == "application/json"
    assert (post.headers["x-botarmy-id"], post.headers["x-botarmy-timestamp"]) == (NOTICE.notice_id, "1700000000")
    expected = hmac.new(SECRET.encode(), b"1700000000." + post.body, hashlib.sha256).hexdigest()
    assert post.headers["x-botarmy-signature"] == f"v1={expected}"
    assert SECRET not in str(post)


@pytest.mark.parametrize(
    ("status", "lasting", "words"),
    [
        (302, False, "its address has moved"),
        (401, False, "does not accept the signature"),
        (404, False, "nobody is there"),
        (422, True, "answered with 422"),
        (429, False, "answered with 429"),
        (500, False, "answered with 500"),
    ],
)
async def test_any_answer_but_a_good_one_is_a_failure_in_words(status: int, lasting: bool, words: str) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: status
        with pytest.raises(Undelivered) as failure:
            await webhook(receiver.url).send(NOTICE)
        assert receiver.next().path == "/hook"
        assert receiver.posts.empty(), "a redirect is not followed"
    assert words in failure.value.message
    assert failure.value.lasting is lasting


async def test_a_receiver_that_is_not_there_is_a_failure_that_names_the_setting() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Undelivered, match="check notify_webhook_url"):
            await webhook(f"http://127.0.0.1:{nobody.getsockname()[1]}/").send(NOTICE)
