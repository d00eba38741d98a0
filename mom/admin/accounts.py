"""The accounts: signing in, passwords, rights, and the rules that keep somebody able to administer.

Pages and applications share it. It tells its listeners when the sessions of an account are over;
what a session is, it does not know.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from twisted.internet.defer import DeferredLock
from twisted.logger import Logger

from mom.admin.account_fields import AccountChanges, account_changes, checked_name
from mom.admin.errors import (
    Conflict,
    FieldErrors,
    NotFound,
    Refused,
    SignInReason,
    SignInRefused,
)
from mom.admin.hashing import Hasher
from mom.admin.password_checks import SUBSYSTEM, PasswordChecks
from mom.admin.passwords import faults
from mom.admin.shelf import AccountShelf
from mom.model.account import DEFAULT_ACCOUNT, DEFAULT_NAME, Account, AccountId
from mom.model.omm import Severity
from mom.ports import Recorder

EndListener = Callable[[AccountId, str], None]
"""Told an account whose sessions are over, and the key of the one session that may go on."""


class AccountBook:
    """All accounts, in memory and on the shelf. `hosts` are the server's names and addresses."""

    _log = Logger()

    def __init__(
        self,
        shelf: AccountShelf,
        hasher: Hasher,
        checks: PasswordChecks,
        recorder: Recorder,
        *,
        hosts: Sequence[str] = (),
    ) -> None:
        self._shelf = shelf
        self._hasher = hasher
        self._checks = checks
        self._recorder = recorder
        self._hosts = tuple(hosts)
        self._turn = DeferredLock()
        self._listeners: list[EndListener] = []
        self._accounts: dict[AccountId, Account] = {}

    async def load(self) -> None:
        """Read all accounts, and make the default account if there is none."""
        self._accounts = {account.id: account for account in await self._shelf.accounts()}
        if DEFAULT_ACCOUNT not in self._accounts:
            await self._put(
                None,
                Account(
                    id=DEFAULT_ACCOUNT,
                    name=DEFAULT_NAME,
                    password_hash=await self._hasher.hash(DEFAULT_NAME),
                    write=True,
                    must_change_password=True,
                ),
                "start",
            )

    def on_end(self, listener: EndListener) -> Callable[[], None]:
        """Call `listener` when the sessions of an account are over; returns what stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def all(self) -> list[Account]:
        """All accounts, by number."""
        return sorted(self._accounts.values(), key=lambda account: account.id)

    def get(self, number: AccountId) -> Account:
        """The account with that number. Raises `NotFound`."""
        if number not in self._accounts:
            raise NotFound(f"account {number}")
        return self._accounts[number]

    def may_change(self, number: AccountId) -> bool:
        """Whether the account with that number is there, enabled, and may do more than read."""
        account = self._accounts.get(number)
        return account is not None and account.enabled and account.write

    async def authenticate(self, name: str, password: str, address: str) -> Account:
        """The account that may sign in with that name and password from that address.

        Raises `SignInRefused`.
        """
        found = next((each for each in self._accounts.values() if each.name == name), None)
        await self._checks.check(found, name, password, address)
        account = self._accounts.get(found.id) if found else None
        if account is None or not account.enabled:
            raise SignInRefused(SignInReason.DISABLED)
        return account

    async def change_own_password(
        self, number: AccountId, old: str, new: str, address: str, keep: str = ""
    ) -> Account:
        """Change the password of one's own account; all its sessions but `keep` end.

        Raises `FieldErrors` (`old`, `new`) and `SignInRefused` after too many wrong old ones.
        """
        await self._checks.require(self.get(number), old, address, "old")
        async with self._turn:
            before = self.get(number)
            self._check_password(before.name, new, old, "new")
            hashed = await self._hasher.hash(new)
            after = await self._put(
                before,
                msgspec.structs.replace(before, password_hash=hashed, must_change_password=False),
                before.name,
            )
        self._recorder.record(Severity.OK, SUBSYSTEM, f"{after.name} changed its own password")
        self._end(number, keep)
        return after

    async def reset_password(self, name: str, new: str, by: str) -> Account:
        """Give an account a new password without the old one; all its sessions end.

        For the operator of the machine, when a password was forgotten. Raises `NotFound` and
        `FieldErrors` (`password`).
        """
        async with self._turn:
            before = next((each for each in self._accounts.values() if each.name == name), None)
            if before is None:
                raise NotFound(f"account {name}")
            self._check_password(name, new, None, "password")
            hashed = await self._hasher.hash(new)
            after = await self._put(
                before,
                msgspec.structs.replace(before, password_hash=hashed, must_change_password=False),
                by,
            )
        self._recorder.record(Severity.OK, SUBSYSTEM, f"{by} set a new password for {name}")
        self._end(after.id, "")
        return after

    async def create(self, changes: Mapping[str, object], by: Account) -> Account:
        """Create an account from `name`, `password`, and maybe `enabled` and `write`.

        Raises `FieldErrors`.
        """
        wanted = account_changes(changes)
        missing = {name: "It is needed" for name in ("name", "password") if name not in changes}
        if missing:
            raise FieldErrors(missing, "EMissing")
        async with self._turn:
            name = self._checked_name(wanted.name or "", None)
            self._check_password(name, wanted.password or "", None, "password")
            hashed = await self._hasher.hash(wanted.password or "")

            def make(number: AccountId) -> Account:
                return Account(
                    id=number,
                    name=name,
                    password_hash=hashed,
                    enabled=wanted.enabled is not False,
                    write=wanted.write is True,
                )

            account = await self._shelf.create_account(make, cause=by.name)
            self._accounts[account.id] = account
        self._recorder.record(Severity.OK, SUBSYSTEM, f"{by.name} created account {name}")
        return account

    async def edit(
        self,
        number: AccountId,
        changes: Mapping[str, object],
        by: Account,
        *,
        address: str = "",
        revision: int | None = None,
        keep: str = "",
    ) -> Account:
        """Change `name`, `password`, `enabled` or `write` of an account.

        A new password needs `ownPassword`, the password of `by`. Raises `FieldErrors`, `NotFound`,
        `Conflict`, `Refused` and, after too many wrong own passwords, `SignInRefused`.
        """
        wanted = account_changes(changes)
        self.get(number)
        if wanted.password is not None:
            await self._checks.require(by, wanted.own_password or "", address, "ownPassword")
        async with self._turn:
            before = self.get(number)
            if revision is not None and revision != before.revision:
                raise Conflict(f"Account {before.name}", before.revision)
            after = await self._changed(before, wanted, by)
            self._check_rights(before, after)
            if after != before:
                after = await self._put(before, after, by.name)
        self._recorder.record(Severity.OK, SUBSYSTEM, f"{by.name} changed account {after.name}")
        if (before.enabled and not after.enabled) or wanted.password is not None:
            self._end(number, keep if after.enabled else "")
        return after

    async def delete(self, number: AccountId, by: Account) -> None:
        """Delete an account; its sessions end. Raises `NotFound` and `Refused`."""
        async with self._turn:
            account = self.get(number)
            if number == DEFAULT_ACCOUNT:
                raise Refused("EPerm", "The default account cannot be deleted")
            self._check_rights(account, None)
            await self._shelf.delete_account(account, cause=by.name)
            del self._accounts[number]
        self._recorder.record(Severity.OK, SUBSYSTEM, f"{by.name} deleted account {account.name}")
        self._end(number, "")

    async def _changed(self, before: Account, wanted: AccountChanges, by: Account) -> Account:
        name = before.name if wanted.name is None else self._checked_name(wanted.name, before)
        after = msgspec.structs.replace(
            before,
            name=name,
            enabled=before.enabled if wanted.enabled is None else wanted.enabled,
            write=before.write if wanted.write is None else wanted.write,
        )
        if wanted.password is None:
            return after
        old = wanted.own_password if by.id == before.id else None
        self._check_password(name, wanted.password, old, "password")
        if old is None and await self._checks.is_password_of(before, wanted.password):
            raise FieldErrors({"password": "It must not be the old password"}, "EPwUnchanged")
        hashed = await self._hasher.hash(wanted.password)
        return msgspec.structs.replace(after, password_hash=hashed, must_change_password=False)

    def _check_rights(self, before: Account, after: Account | None) -> None:
        """Refuse what would take a right that must stay."""
        if before.id == DEFAULT_ACCOUNT and after is not None and not after.write:
            raise Refused("EPerm", "The default account keeps the write permission")
        if not (before.enabled and before.write) or (after and after.enabled and after.write):
            return
        others = (each for each in self._accounts.values() if each.id != before.id)
        if not any(each.enabled and each.write for each in others):
            raise Refused("EPerm", "At least one enabled account must have write permission")

    def _checked_name(self, name: str, before: Account | None) -> str:
        others = [each.name for each in self._accounts.values() if each is not before]
        return checked_name(name, others)

    def _check_password(self, name: str, password: str, old: str | None, field: str) -> None:
        broken = faults(password, account=name, hosts=self._hosts, old=old)
        if broken:
            raise FieldErrors({field: ". ".join(fault.text for fault in broken)}, broken[0].code)

    async def _put(self, before: Account | None, after: Account, cause: str) -> Account:
        if before is not None:
            after = msgspec.structs.replace(after, revision=before.revision + 1)
        await self._shelf.put_account(before, after, cause=cause)
        self._accounts[after.id] = after
        return after

    def _end(self, number: AccountId, keep: str) -> None:
        for listener in tuple(self._listeners):
            with self._log.failuresHandled("A listener to accounts failed"):
                listener(number, keep)
