"""Who is told: a real HTTP receiver and a real mail server on loopback, each in a thread of its own."""

from __future__ import annotations

import base64
import datetime
import email
import email.policy
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

WAIT_SECONDS: Final = 30


@dataclass(frozen=True)
class Post:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Answers each post with what `answer` says: 200, unless a test says otherwise."""

    answer: Callable[[Post], int] = lambda _: 200
    url: str = ""
    posts: Queue[Post] = field(default_factory=Queue)

    def next(self) -> Post:
        return self.posts.get(timeout=WAIT_SECONDS)


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            post = Post(self.path, headers, self.rfile.read(size))
            status = receiver.answer(post)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()
            receiver.posts.put(post)

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the library's name

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Letters:
    """A mail server. `refuse` maps the first word of a command, or `DATA.`, to a refusal."""

    port: int = 0
    tls: ssl.SSLContext | None = None
    """With it, STARTTLS is offered, or (`from_the_start`) TLS is all that is spoken."""
    from_the_start: bool = False
    user: tuple[str, str] | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    taken: Queue[tuple[bool, list[str], EmailMessage]] = field(default_factory=Queue)
    """Whether it came over TLS, for whom, and what."""

    def next(self) -> tuple[bool, list[str], EmailMessage]:
        return self.taken.get(timeout=WAIT_SECONDS)


class _Clerk(StreamRequestHandler):
    letters: Letters

    def handle(self) -> None:
        self.secure = False
        if self.letters.from_the_start and not self._wrap():
            return
        self._say("220 ready")
        to: list[str] = []
        while line := self.rfile.readline():
            command = line.decode().strip()
            word = command.split(" ")[0].upper()
            if word in self.letters.refuse:
                self._say(self.letters.refuse[word])
            elif not self._answer(word, command, to):
                return

    def _answer(self, word: str, command: str, to: list[str]) -> bool:
        """Whether the talk goes on."""
        match word:
            case "EHLO":
                self._greet()
            case "STARTTLS" if self.letters.tls:
                self._say("220 go on")
                return self._wrap()
            case "AUTH":
                self._sign_in(command)
            case "DATA":
                self._say("354 go on")
                self._take(to)
            case _:
                to += [command.partition("<")[2].partition(">")[0]] if word == "RCPT" else []
                self._say("221 bye" if word == "QUIT" else "250 ok")
        return word != "QUIT"

    def _greet(self) -> None:
        offers = ["hello"]
        offers += ["STARTTLS"] if self.letters.tls and not self.secure else []
        offers += ["AUTH PLAIN"] if self.letters.user else []
        for offer in offers[:-1]:
            self._say(f"250-{offer}")
        self._say(f"250 {offers[-1]}")

    def _sign_in(self, command: str) -> None:
        _, user, password = base64.b64decode(command.split(" ")[2]).decode().split("\0")
        self._say("235 welcome" if (user, password) == self.letters.user else "535 who are you")

    def _take(self, to: list[str]) -> None:
        raw = b""
        while line := self.rfile.readline():
            if line == b".\r\n":
                break
            raw += line.removeprefix(b".") if line.startswith(b"..") else line
        self._say(self.letters.refuse.get("DATA.", "250 taken"))
        if "DATA." not in self.letters.refuse:
            message = email.message_from_bytes(raw, policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.letters.taken.put((self.secure, list(to), message))

    def _wrap(self) -> bool:
        assert self.letters.tls is not None
        try:
            self.connection = self.letters.tls.wrap_socket(self.connection, server_side=True)
        except OSError:
            return False
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.secure = True
        return True

    def finish(self) -> None:
        self.rfile.close()
        self.wfile.close()
        self.connection.close()

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def taking_mail(letters: Letters) -> Iterator[Letters]:
    class Clerk(_Clerk):
        pass

    Clerk.letters = letters

    class Server(ThreadingTCPServer):
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None: ...

    with Server(("127.0.0.1", letters.port), Clerk) as server:
        letters.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield letters
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Certificate:
    server: ssl.SSLContext
    file: Path
    """What a client has to trust."""

    @property
    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


def certificate(folder: Path) -> Certificate:
    """For localhost, made for one test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "certificate.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, secret)
    return Certificate(server, chain)
