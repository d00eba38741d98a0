"""One request as a handler sees it: who calls from where, and the few headers that matter."""

import msgspec

from mom.admin.sessions import Session
from mom.model.account import Account
from mom.model.token import Token
from mom.web.errors import BadRequest, SignedOut

COOKIE = "__Host-mom"
"""Name of the session's cookie; browsers bind such a name to the host, HTTPS and the path `/`."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: a browser by its session, or a script by its token.

    `account` has no more rights than the token. `eula_accepted`: the licence terms are no
    obstacle; a token does not wait for them.
    """

    account: Account
    session: Session | None = None
    token: Token | None = None
    eula_accepted: bool

    @property
    def key(self) -> str:
        """Names the session or token inside the server."""
        if self.token is not None:
            return self.token.key
        return self.session.key if self.session is not None else ""

    @property
    def csrf(self) -> str:
        """What must come with each change of a session; empty for a token, which needs none."""
        return self.session.csrf if self.session is not None else ""

    @property
    def name(self) -> str:
        """Who it is, for logs and events."""
        name = self.account.name
        return f"{name} (token {self.token.name})" if self.token is not None else name


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request that has passed the gate.

    `caller` is `None` on public routes without a session. `identifier` is the content of the
    session's cookie, empty without one. `if_match` is the header of that name.
    """

    address: str
    caller: Caller | None = None
    identifier: str = ""
    if_match: str = ""

    @property
    def signed_in(self) -> Caller:
        """Who is signed in; raises `SignedOut` if nobody is."""
        if self.caller is None:
            raise SignedOut("sign in first")
        return self.caller

    @property
    def by(self) -> str:
        """Who it is, for logs and events."""
        return self.signed_in.name

    @property
    def revision(self) -> int | None:
        """The revision in `If-Match`, with or without quotation marks; `None` without one."""
        return _revision(self.if_match)

    @property
    def revisions(self) -> tuple[int | None, ...]:
        """The revisions in `If-Match`, with commas between: of a pair its device's and user's."""
        return tuple(_revision(text) for text in self.if_match.split(","))


def _revision(text: str) -> int | None:
    text = text.strip().strip('"')
    if text in ("", "*"):
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise BadRequest("If-Match takes the revision of a record, a number")
    return int(text)


def cookie_header(identifier: str) -> str:
    """The `Set-Cookie` header that begins a session; an empty identifier ends it."""
    end = "" if identifier else "; Max-Age=0"
    return f"{COOKIE}={identifier}; Path=/; Secure; HttpOnly; SameSite=Strict{end}"
