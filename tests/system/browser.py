"""A client of the API over TLS, as a script would be: cookie, CSRF token, JSON."""

import json
from pathlib import Path
from typing import Any

from treq.client import HTTPClient
from twisted.internet import reactor
from twisted.internet.ssl import Certificate, optionsForClientTLS
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer


@implementer(IPolicyForHTTPS)
class TrustsOne:
    """Trusts one certificate for `localhost`, and checks the name."""

    def __init__(self, pem: bytes) -> None:
        self._trust = Certificate.loadPEM(pem)

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        return optionsForClientTLS(hostname.decode(), trustRoot=self._trust)


class Browser:
    """Signs in and asks; every answer is checked for the status that is expected.

    With a `token` it asks as a script that did not sign in.
    """

    def __init__(self, port: int, certificate: Path) -> None:
        self._pool = HTTPConnectionPool(reactor, persistent=False)
        agent = Agent(reactor, TrustsOne(certificate.read_bytes()), pool=self._pool)
        self._client = HTTPClient(agent)
        self._base = f"https://localhost:{port}"
        self.csrf = ""
        self.token = ""

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        expect: int = 200,
        file: bytes = b"",
        **query: str,
    ) -> Any:
        """The decoded answer; `file` is sent as it is, `body` as JSON."""
        more = {} if body is None else {"json": body}
        if file:
            more = {"data": file}
        answer = await self._client.request(
            method,
            self._base + path,
            params=query,
            headers=self._headers(),
            **more,
        )
        content = await answer.content()
        assert answer.code == expect, f"{method} {path}: {answer.code} {content!r}"
        return json.loads(content) if content else None

    def _headers(self) -> dict[str, str]:
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        return {"X-CSRF-Token": self.csrf} if self.csrf else {}

    async def sign_in(self, name: str, password: str) -> Any:
        """Sign in, and keep the token for changes."""
        session = await self.ask("POST", "/api/v1/session", {"name": name, "password": password})
        self.csrf = session["csrf"]
        return session
