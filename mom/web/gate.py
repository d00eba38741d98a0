"""The gate: every request of the API passes it, in the order written in `Gate.serve`.

Session, permission, CSRF token, size and form of the body are checked here, once, from the route's
declaration; what is raised becomes an answer here, once. Knows no noun.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

import msgspec
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.server import Request

from mom.admin.errors import NotFound
from mom.admin.eula import Eula
from mom.admin.sessions import SessionBook
from mom.model.account import Account, AccountId
from mom.model.token import Token
from mom.web.body import read_json, read_query
from mom.web.call import COOKIE, Call, Caller
from mom.web.errors import ApiError, NotAllowed, SignedOut, TooLarge, Unavailable
from mom.web.refusals import refusal
from mom.web.route import JSON, Access, Handler, Reply, Route

NO_STORE = "no-store"


class Accounts(Protocol):
    """What the gate asks about accounts."""

    def get(self, number: AccountId) -> Account:
        """The account. Raises `NotFound` if it is no more."""


class Tokens(Protocol):
    """What the gate asks about the tokens of scripts."""

    def authenticate(self, text: str, address: str) -> tuple[Account, Token]:
        """The account with the rights of the token. Raises `SignInRefused`."""


class Gate:
    """Lets requests through to their handlers, and answers."""

    _log = Logger()

    def __init__(
        self, *, sessions: SessionBook, accounts: Accounts, tokens: Tokens, eula: Eula
    ) -> None:
        self._sessions = sessions
        self._accounts = accounts
        self._tokens = tokens
        self._eula = eula

    def guard(self, route: Route, handler: Handler) -> Callable[..., Awaitable[Any]]:
        """The handler of a declared route behind the gate, as Klein calls it."""

        async def guarded(request: Request, **path: Any) -> Any:
            return await self.serve(route, handler, request, path)

        guarded.__name__ = f"{route.method} {route.path}"
        return guarded

    async def serve(
        self, route: Route, handler: Handler, request: Request, path: Mapping[str, Any]
    ) -> Any:
        """Check the request against the declaration, call the handler and write its answer.

        The result is what Klein takes: the body, or a resource that goes on with the request.
        """
        identifier, address, token = cookie(request), client_address(request), bearer(request)
        by_token = bool(token) and route.access is not Access.PUBLIC
        caller = self.script(token, address) if by_token else self.caller(identifier)
        if route.access is not Access.PUBLIC:
            admit(route, caller)
        if not by_token:
            check_page(request, route, caller)
        call = Call(
            address=address,
            caller=caller,
            identifier=identifier,
            if_match=header(request, "if-match"),
        )
        reply = await handler(call, **path, **_arguments(route, request))
        if not isinstance(reply, Reply):
            reply = Reply(body=reply)
        if reply.resource is not None:
            return reply.resource
        return write(request, route, reply)

    def caller(self, identifier: str) -> Caller | None:
        """Who holds the session with that identifier; `None` if there is no such session."""
        session = self._sessions.find(identifier) if identifier else None
        if session is None:
            return None
        try:
            account = self._accounts.get(session.account)
        except NotFound:
            return None
        if not account.enabled:
            return None
        accepted = self._eula.accepted is not None
        return Caller(account=account, session=session, eula_accepted=accepted)

    def script(self, token: str, address: str) -> Caller:
        """Who shows a token. Raises `SignInRefused`."""
        account, known = self._tokens.authenticate(token, address)
        return Caller(account=account, token=known, eula_accepted=True)

    def failed(self, request: Request, failure: Failure) -> bytes:
        """Answer a request that failed: as a refusal, or as an unexpected failure, logged once."""
        error = refusal(failure.value)
        if error is None:
            self._log.failure(
                "{method} {path} failed",
                failure=failure,
                method=request.method.decode("ascii", "replace"),
                path=request.path.decode("utf-8", "replace"),
            )
            error = ApiError("Something went wrong in MOM; its log says what", code="Failed")
        elif isinstance(error, Unavailable):
            self._log.warn("{error}", error=error)
        request.setResponseCode(error.status, HTTPStatus(error.status).phrase.encode())
        for name, value in error.headers.items():
            request.responseHeaders.setRawHeaders(name, [value])
        return _send(request, JSON, msgspec.json.encode(error.problem))


def admit(route: Route, caller: Caller | None) -> None:
    """Check session or token, licence terms, password and permission, in this order.

    What a person does about the own session is not open to a token, and none works while the
    account's password is due.
    """
    if caller is None:
        raise SignedOut("sign in first")
    is_token = caller.token is not None
    if is_token and route.changing and route.access is Access.SIGNED_IN:
        raise NotAllowed("this is for people who sign in, not for tokens")
    if route.access is Access.SIGNED_IN and not is_token:
        return
    if not caller.eula_accepted:
        raise NotAllowed("accept the licence terms first", code="EulaNeeded")
    if caller.account.must_change_password:
        raise NotAllowed("change the password first", code="EPwMustChange")
    if route.access is Access.WRITE and not caller.account.write:
        raise NotAllowed(f"this {'token' if is_token else 'account'} may read only")


def check_page(request: Request, route: Route, caller: Caller | None) -> None:
    """Refuse what a browser sends by itself, with its cookie, on behalf of another site's page.

    A token is in no browser that would send it unasked.
    """
    if route.changing or route.upgrades:
        check_origin(request)
    if route.changing and route.access is not Access.PUBLIC and caller is not None:
        check_csrf(request, caller)


def check_csrf(request: Request, caller: Caller) -> None:
    """A page of another site cannot know the token that must come with each change."""
    given = header(request, "x-csrf-token")
    if not hmac.compare_digest(given.encode(), caller.csrf.encode()):
        raise NotAllowed("the header X-CSRF-Token is missing or wrong", code="Csrf")


def check_origin(request: Request) -> None:
    """Refuse what a browser sends on behalf of another site's page.

    A page of this host that came without TLS may be anybody's on the way to the browser.
    """
    origin = header(request, "origin")
    if origin and origin.lower() != f"https://{header(request, 'host').lower()}":
        raise NotAllowed("the request comes from a page of another site", code="Origin")


def cookie(request: Request) -> str:
    """The content of the session's cookie, empty without one."""
    found = request.received_cookies.get(COOKIE.encode(), b"")
    return found.decode("ascii", "replace")


def bearer(request: Request) -> str:
    """The token of the request, empty without one."""
    scheme, _, token = header(request, "authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def header(request: Request, name: str) -> str:
    """A header of the request, empty without it."""
    found = request.requestHeaders.getRawHeaders(name)
    return found[-1] if found else ""


def client_address(request: Request) -> str:
    """The network address the request comes from."""
    return str(getattr(request.client, "host", "local"))


def _arguments(route: Route, request: Request) -> dict[str, Any]:
    """The arguments of the handler that come from query and body."""
    arguments: dict[str, Any] = {}
    if route.query is not None:
        arguments["query"] = read_query(request.args, route.query)
    if route.body is None and not route.takes:
        return arguments
    content = request.content.read(route.max_body + 1) if request.content else b""
    if len(content) > route.max_body:
        raise TooLarge(f"the body may have {route.max_body} bytes")
    if route.takes:
        arguments["content"] = content
    else:
        arguments["body"] = read_json(content, route.body)
    return arguments


def write(request: Request, route: Route, reply: Reply) -> bytes:
    """Write status and headers of an answer; returns its body."""
    request.setResponseCode(route.status)
    for name, value in reply.headers.items():
        request.responseHeaders.addRawHeader(name, value)
    if reply.content is not None:
        return _send(request, route.gives, reply.content)
    if route.answer is None:
        return _send(request, "", b"")
    return _send(request, JSON, msgspec.json.encode(reply.body))


def _send(request: Request, media_type: str, content: bytes) -> bytes:
    if media_type:
        request.responseHeaders.setRawHeaders("content-type", [media_type])
        request.responseHeaders.setRawHeaders("content-length", [str(len(content))])
    request.responseHeaders.setRawHeaders("cache-control", [NO_STORE])
    return content
