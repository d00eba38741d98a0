"""The tokens of scripts: made, listed and revoked by people who are signed in."""

from collections.abc import Callable

import msgspec

from mom.admin.accounts import AccountBook
from mom.admin.tokens import SECRET_BYTES, TokenBook, TokenWish
from mom.model.account import Account
from mom.model.token import Token, TokenId
from mom.web.call import Call
from mom.web.errors import NotAllowed
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.route import API, Access, Reply, route


class TokenView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A token as it is shown. Times are seconds since 1970; `expires` and `lastUsed` 0 = never.

    `lastUsed` is right to a quarter of an hour.
    """

    id: int
    account: int
    account_name: str
    name: str
    write: bool
    created: int
    expires: int
    last_used: int


class NewTokenView(TokenView, frozen=True, kw_only=True, rename="camel"):
    """The answer to the making of a token, the only one that holds `token` itself."""

    token: str


class TokenRoutes:
    """`/tokens`. `random_bytes` makes so many unguessable bytes."""

    def __init__(
        self,
        *,
        tokens: TokenBook,
        accounts: AccountBook,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._tokens = tokens
        self._accounts = accounts
        self._random = random_bytes

    @route(
        "GET",
        "/tokens",
        access=Access.READ,
        summary="The tokens of one's own account, with write permission those of all accounts",
        query=ListQuery,
        answer=listing_of(TokenView),
    )
    async def many(self, call: Call, query: ListQuery) -> Listing:
        """A page of the tokens."""
        visible = self._tokens.visible(call.signed_in.account)
        return query.select([self._view(token) for token in visible])

    @route(
        "GET", "/tokens/<number:number>", access=Access.READ, summary="One token", answer=TokenView
    )
    async def one(self, call: Call, number: int) -> TokenView:
        """One token."""
        return self._view(self._tokens.get(TokenId(number), call.signed_in.account))

    @route(
        "POST",
        "/tokens",
        access=Access.READ,
        summary="Make a token; the answer is the only place where it is shown",
        body=TokenWish,
        answer=NewTokenView,
        status=201,
    )
    async def create(self, call: Call, body: TokenWish) -> Reply:
        """Make a token."""
        text, token = await self._tokens.create(body, _person(call), self._random(SECRET_BYTES))
        view = NewTokenView(**msgspec.structs.asdict(self._view(token)), token=text)
        return Reply(body=view, headers={"location": f"{API}/tokens/{token.id}"})

    @route(
        "DELETE",
        "/tokens/<number:number>",
        access=Access.READ,
        summary="Revoke a token; what is connected with it ends",
    )
    async def revoke(self, call: Call, number: int) -> None:
        """Revoke a token."""
        await self._tokens.revoke(TokenId(number), _person(call))

    def _view(self, token: Token) -> TokenView:
        return TokenView(
            id=token.id,
            account=token.account,
            account_name=self._accounts.get(token.account).name,
            name=token.name,
            write=token.write,
            created=token.created,
            expires=token.expires,
            last_used=token.last_used,
        )


def _person(call: Call) -> Account:
    """The account that is signed in: a token that made tokens could outlive and outgrow itself."""
    if call.signed_in.token is not None:
        raise NotAllowed("tokens are made and revoked by people who sign in, not by tokens")
    return call.signed_in.account
