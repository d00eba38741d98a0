"""Signing in and out, who am I, and changing one's own password."""

from collections.abc import Callable

import msgspec

from mom.admin.accounts import AccountBook
from mom.admin.eula import Eula
from mom.admin.sessions import SessionBook
from mom.model.account import Account
from mom.web.api.accounts import AccountView, account_view
from mom.web.call import Call, cookie_header
from mom.web.route import Access, Reply, route


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name and password of an account."""

    name: str
    password: str

    def __repr__(self) -> str:
        """Show the name only."""
        return f"<SignIn {self.name!r}>"


class NewPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One's password until now, and the one from now on."""

    old: str
    new: str

    def __repr__(self) -> str:
        """Show nothing."""
        return "<NewPassword>"


class SessionView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Who is signed in, and what has to be done first.

    `hasOmms`: whether there is any OMM record yet; without one the page shows the first steps.
    `csrf` goes as header `X-CSRF-Token` with every request that changes something; it is empty for
    a token, which needs none.
    """

    account: AccountView
    must_change_password: bool
    eula_accepted: bool
    has_omms: bool
    csrf: str


class SessionRoutes:
    """`/session`."""

    def __init__(
        self,
        *,
        accounts: AccountBook,
        sessions: SessionBook,
        eula: Eula,
        has_omms: Callable[[], bool],
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._eula = eula
        self._has_omms = has_omms

    @route(
        "POST",
        "/session",
        access=Access.PUBLIC,
        summary="Sign in",
        body=SignIn,
        answer=SessionView,
    )
    async def sign_in(self, call: Call, body: SignIn) -> Reply:
        """Begin a session; the browser's former one ends."""
        account = await self._accounts.authenticate(body.name, body.password, call.address)
        identifier, session = self._sessions.open(account.id, call.address, call.identifier)
        return Reply(
            body=self._view(account, session.csrf),
            headers={"set-cookie": cookie_header(identifier)},
        )

    @route("GET", "/session", access=Access.SIGNED_IN, summary="Who am I", answer=SessionView)
    async def who(self, call: Call) -> SessionView:
        """The session of this request."""
        caller = call.signed_in
        return self._view(caller.account, caller.csrf)

    @route("DELETE", "/session", access=Access.SIGNED_IN, summary="Sign out")
    async def sign_out(self, call: Call) -> Reply:
        """End the session of this request."""
        self._sessions.close(call.identifier)
        return Reply(headers={"set-cookie": cookie_header("")})

    @route(
        "PUT",
        "/session/password",
        access=Access.SIGNED_IN,
        summary="Change one's own password; one's other sessions end",
        body=NewPassword,
        answer=SessionView,
    )
    async def change_password(self, call: Call, body: NewPassword) -> SessionView:
        """Change the password of the account that is signed in."""
        caller = call.signed_in
        account = await self._accounts.change_own_password(
            caller.account.id, body.old, body.new, call.address, keep=caller.key
        )
        return self._view(account, caller.csrf)

    def _view(self, account: Account, csrf: str) -> SessionView:
        return SessionView(
            account=account_view(account),
            must_change_password=account.must_change_password,
            eula_accepted=self._eula.accepted is not None,
            has_omms=self._has_omms(),
            csrf=csrf,
        )
