"""One request as a handler sees it: who calls from where, and the few headers that matter."""

import msgspec

from mom.admin.sessions import Session
from mom.model.account import Account
from mom.web.errors import BadRequest, SignedOut

COOKIE = "__Host-mom"
"""Name of the session's cookie; browsers bind such a name to the host, HTTPS and the path `/`."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, by which session, and whether the licence terms are accepted."""

    account: Account
    session: Session
    eula_accepted: bool


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
        """The name of the account, for logs and events."""
        return self.signed_in.account.name

    @property
    def revision(self) -> int | None:
        """The revision in `If-Match`, with or without quotation marks; `None` without one."""
        text = self.if_match.strip().strip('"')
        if text in ("", "*"):
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            raise BadRequest("If-Match takes the revision of a record, a number")
        return int(text)


def cookie_header(identifier: str) -> str:
    """The `Set-Cookie` header that begins a session; an empty identifier ends it."""
    end = "" if identifier else "; Max-Age=0"
    return f"{COOKIE}={identifier}; Path=/; Secure; HttpOnly; SameSite=Strict{end}"
