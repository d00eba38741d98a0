"""The office: database, event log, and the books of administration, opened together.

The service works with it, and so does a command while no service runs. Knows no OMM and no page.
"""

import importlib.metadata
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from twisted.internet.threads import deferToThreadPool

from mom.admin.accounts import AccountBook
from mom.admin.delays import SignInDelays
from mom.admin.eula import Eula
from mom.admin.hashing import Hasher
from mom.admin.issuers import IssuerKeys
from mom.admin.licences import LicenceBook
from mom.admin.omms import OmmRegistry
from mom.admin.password_checks import PasswordChecks
from mom.admin.settings import SettingsBook
from mom.admin.store_shelf import StoreShelf
from mom.admin.tokens import TokenBook
from mom.config import Config
from mom.ops.event_store import StoreEvents
from mom.ops.events import EventLog
from mom.store.store import Store
from mom.store.vault import Vault


class NotInitialised(Exception):
    """The state folder has not been made yet; the text says how."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """All that rests in the database, but users and devices."""

    config: Config
    version: str
    hosts: tuple[str, ...]
    store: Store
    events: EventLog
    settings: SettingsBook
    licences: LicenceBook
    accounts: AccountBook
    tokens: TokenBook
    eula: Eula
    omms: OmmRegistry

    async def close(self) -> None:
        """Write what is left and close the database."""
        await self.events.stop()
        await self.store.close()


async def open_office(config: Config, reactor: Any, now: Callable[[], float]) -> Office:
    """Open the database and read the books; a new database gets the default account.

    `now` tells seconds since 1970. Raises `NotInitialised` and what the store raises.
    """
    if not config.paths.vault_key.exists():
        raise NotInitialised(not_set_up(config))
    vault = Vault.load(config.paths.vault_key)
    store = await Store.open(config.database.url, vault, reactor, now)
    try:
        office = _office(config, store, reactor, now)
        books = (office.settings, office.licences, office.accounts, office.tokens, office.eula)
        for book in books:
            await book.load()
    except BaseException:
        await store.close()
        raise
    return office


def _office(config: Config, store: Store, reactor: Any, now: Callable[[], float]) -> Office:
    version, hosts = installed_version(), own_hosts()
    shelf = StoreShelf(store)
    events = EventLog(StoreEvents(store), reactor, now)
    licences = LicenceBook(
        shelf, events, now, issuers=lambda: known_issuers(config), version=version
    )

    def in_thread(work: Callable[[], Any]) -> Any:
        return deferToThreadPool(reactor, reactor.getThreadPool(), work)

    hasher = Hasher(in_thread)
    checks = PasswordChecks(hasher, SignInDelays(reactor.seconds), events)
    accounts = AccountBook(shelf, hasher, checks, events, hosts=hosts)
    tokens = TokenBook(shelf, accounts.get, SignInDelays(reactor.seconds), events, now)
    accounts.on_end(tokens.account_ended)
    return Office(
        config=config,
        version=version,
        hosts=hosts,
        store=store,
        events=events,
        settings=SettingsBook(shelf, events, now),
        licences=licences,
        accounts=accounts,
        tokens=tokens,
        eula=Eula(shelf, events, now, text=config.paths.eula.read_text("utf-8"), version=version),
        omms=OmmRegistry(shelf, events, licences.require_site),
    )


def not_set_up(config: Config) -> str:
    """What to do if the state folder has not been made yet, or its key is gone."""
    if config.key_is_lost:
        return (
            f"there is a database, but its key {config.paths.vault_key} is missing; put the copy "
            "of it back: without it all secrets are lost"
        )
    return f"{config.paths.state} is not set up; run: mom init --config {config.file}"


def known_issuers(config: Config) -> Mapping[str, Ed25519PublicKey]:
    """The issuers whose licences are taken: those of the configured folder, and this MOM itself."""
    shipped = IssuerKeys(config.paths.license_issuers).load()
    return {**shipped, **IssuerKeys(config.paths.own_issuer).load()}


def installed_version() -> str:
    """The version of this software."""
    return importlib.metadata.version("mom")


def own_hosts() -> tuple[str, ...]:
    """The name and the addresses of this machine, as far as it knows them without asking others."""
    name = socket.gethostname()
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return (name,)
    return (name, *sorted({str(address[4][0]).partition("%")[0] for address in found}))
