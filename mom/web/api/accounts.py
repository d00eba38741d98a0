"""The accounts: who may sign in, and with which rights."""

from typing import Any

import msgspec

from mom.admin.account_fields import AccountChanges
from mom.admin.accounts import AccountBook
from mom.model.account import Account, AccountId
from mom.web.call import Call
from mom.web.paging import Listing, ListQuery, listing_of
from mom.web.route import API, Access, Reply, route


class AccountView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An account as it is shown; everybody may read."""

    id: int
    name: str
    enabled: bool
    read: bool
    write: bool
    must_change_password: bool
    revision: int


def account_view(account: Account) -> AccountView:
    """An account without its hash."""
    return AccountView(
        id=account.id,
        name=account.name,
        enabled=account.enabled,
        read=True,
        write=account.write,
        must_change_password=account.must_change_password,
        revision=account.revision,
    )


class AccountRoutes:
    """`/accounts`."""

    def __init__(self, *, accounts: AccountBook) -> None:
        self._accounts = accounts

    @route(
        "GET",
        "/accounts",
        access=Access.READ,
        summary="All accounts",
        query=ListQuery,
        answer=listing_of(AccountView),
    )
    async def many(self, call: Call, query: ListQuery) -> Listing:
        """A page of the accounts."""
        return query.select([account_view(account) for account in self._accounts.all()])

    @route(
        "GET",
        "/accounts/<number:number>",
        access=Access.READ,
        summary="One account",
        answer=AccountView,
    )
    async def one(self, call: Call, number: int) -> AccountView:
        """One account."""
        return account_view(self._accounts.get(AccountId(number)))

    @route(
        "POST",
        "/accounts",
        access=Access.WRITE,
        summary="Add an account (name, password, enabled, write)",
        body=dict[str, Any],
        documented=AccountChanges,
        answer=AccountView,
        status=201,
    )
    async def create(self, call: Call, body: dict[str, Any]) -> Reply:
        """Add an account."""
        account = await self._accounts.create(body, call.signed_in.account)
        return Reply(
            body=account_view(account), headers={"location": f"{API}/accounts/{account.id}"}
        )

    @route(
        "PATCH",
        "/accounts/<number:number>",
        access=Access.WRITE,
        summary="Change an account; a new password needs the administrator's own (ownPassword)",
        body=dict[str, Any],
        documented=AccountChanges,
        answer=AccountView,
    )
    async def edit(self, call: Call, number: int, body: dict[str, Any]) -> AccountView:
        """Change an account."""
        caller = call.signed_in
        account = await self._accounts.edit(
            AccountId(number),
            body,
            caller.account,
            address=call.address,
            revision=call.revision,
            keep=caller.key,
        )
        return account_view(account)

    @route(
        "DELETE",
        "/accounts/<number:number>",
        access=Access.WRITE,
        summary="Delete an account; its sessions end",
    )
    async def delete(self, call: Call, number: int) -> None:
        """Delete an account."""
        await self._accounts.delete(AccountId(number), call.signed_in.account)
