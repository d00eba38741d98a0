"""A whole application over real books of `mom.admin`, shelves in memory and a fleet of tables."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from mom.admin.accounts import AccountBook
from mom.admin.delays import SignInDelays
from mom.admin.eula import Eula
from mom.admin.hashing import Hasher
from mom.admin.jobs import JobBook
from mom.admin.licence_file import issuer_of
from mom.admin.licences import LicenceBook
from mom.admin.omms import OmmRegistry
from mom.admin.password_checks import PasswordChecks
from mom.admin.sessions import SessionBook
from mom.admin.settings import SettingsBook
from mom.admin.tokens import TokenBook
from mom.messaging.figures import Counters
from mom.model.account import Account, AccountId
from mom.model.event import Event
from mom.model.identities import OmmId
from mom.model.omm import Omm, OmmState, OmmStatus, Severity
from mom.model.token import Token, TokenId
from mom.ops.events import EventLog
from mom.ops.health import HealthBoard
from mom.ops.roam_count import RoamFigures
from mom.ports import Component
from mom.store.changes import ChangeFeed
from mom.web.activity import Activity
from mom.web.api.accounts import AccountRoutes
from mom.web.api.eula import EulaRoutes
from mom.web.api.events import EventRoutes
from mom.web.api.health import HealthRoutes
from mom.web.api.license import LicenseRoutes
from mom.web.api.omms import OmmRoutes
from mom.web.api.session import SessionRoutes
from mom.web.api.settings import SettingsRoutes
from mom.web.api.status import StatusRoutes, StatusSource, Totals
from mom.web.api.tokens import TokenRoutes
from mom.web.gate import Gate
from mom.web.live import LiveHub
from mom.web.live_route import LiveRoutes
from mom.web.live_sources import LiveSources
from mom.web.server import application
from mom.web.site import LimitedSite, Limits
from tests.web.browser import Answer, Browser

PASSWORD = "Krokodil!7"
VERSION = "1.0"
ISSUER = Ed25519PrivateKey.from_private_bytes(bytes(32))
"""Its licences are taken."""


class Shelves:
    """All shelves of `mom.admin` and `mom.ops` in memory."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.people: dict[int, Account] = {}
        self.sites: dict[OmmId, Omm] = {}
        self.entries: list[Event] = []
        self.passes: dict[TokenId, Token] = {}
        self.file, self.facts = b"", object()
        self.held = (0, 0)

    async def setting(self, key: str) -> str | None:
        return self.texts.get(key)

    async def put_setting(self, key: str, value: str, *, cause: str = "") -> None:
        self.texts[key] = value

    async def licence(self) -> tuple[bytes, object]:
        return self.file, self.facts

    async def put_licence(self, file: bytes, facts: object, *, cause: str = "") -> None:
        self.file, self.facts = file, facts

    async def size(self) -> tuple[int, int]:
        return self.held

    async def accounts(self) -> list[Account]:
        return list(self.people.values())

    async def put_account(self, before: Account | None, after: Account, *, cause: str = "") -> None:
        self.people[after.id] = after

    async def create_account(
        self, make: Callable[[AccountId], Account], *, cause: str = ""
    ) -> Account:
        account = make(AccountId(max(self.people, default=-1) + 1))
        self.people[account.id] = account
        return account

    async def delete_account(self, before: Account, *, cause: str = "") -> None:
        del self.people[before.id]

    async def tokens(self) -> list[Token]:
        return list(self.passes.values())

    async def create_token(self, make: Callable[[TokenId], Token], *, cause: str = "") -> Token:
        token = make(TokenId(max(self.passes, default=0) + 1))
        self.passes[token.id] = token
        return token

    async def note_use(self, token: Token) -> None:
        self.passes[token.id] = token

    async def delete_token(self, before: Token, *, cause: str = "") -> None:
        del self.passes[before.id]

    async def omms(self) -> list[Omm]:
        return list(self.sites.values())

    async def create_omm(self, make: Callable[[OmmId, list[Omm]], Omm], *, cause: str = "") -> Omm:
        omm = make(OmmId(max(self.sites, default=0) + 1), list(self.sites.values()))
        self.sites[omm.id] = omm
        return omm

    async def change_omm(
        self, number: OmmId, decide: Callable[[Omm, list[Omm]], Omm], *, cause: str = ""
    ) -> Omm | None:
        if number not in self.sites:
            return None
        self.sites[number] = decide(self.sites[number], list(self.sites.values()))
        return self.sites[number]

    async def delete_omm(self, number: OmmId, *, cause: str = "") -> Omm | None:
        return self.sites.pop(number, None)

    async def add(self, events: Sequence[Event]) -> None:
        for event in events:
            self.entries.append(msgspec.structs.replace(event, id=len(self.entries) + 1))

    async def newest(self, limit: int) -> list[Event]:
        return [event for event in reversed(self.entries) if not event.cleared][:limit]

    async def clear(self, entry: Event) -> None:
        self.entries = [msgspec.structs.replace(event, cleared=True) for event in self.entries]
        await self.add([entry])

    async def every(self) -> list[Event]:
        return self.entries


class Fleet:
    """Statuses in a table; keeps what it was told to do."""

    def __init__(self) -> None:
        self.table: dict[OmmId, OmmStatus] = {}
        self.told: list[tuple[str, int]] = []
        self.missing = 5

    def status(self, omm: OmmId) -> OmmStatus:
        return self.table.get(omm, OmmStatus(id=omm))

    def statuses(self) -> list[OmmStatus]:
        return list(self.table.values())

    def reconnect(self, omm: OmmId) -> None:
        self.told.append(("reconnect", omm))

    def trace(self, omm: OmmId, minutes: int, by: str) -> None:
        self.told.append((f"trace by {by}", minutes))

    def update(self, omm: OmmId) -> Deferred[None]:
        self.told.append(("update", omm))
        return succeed(None)

    async def restore_missing(self, omm: OmmId) -> int:
        self.told.append(("restore", omm))
        return self.missing

    async def accept_missing(self, omm: OmmId) -> int:
        self.told.append(("accept", omm))
        return self.missing

    def subscribe(self, listener: Callable[[Any], None]) -> "Fleet":
        self.listener = listener
        return self

    def stop(self) -> None:
        self.told.append(("unsubscribed", 0))

    def snapshot(self) -> list[Component]:
        away = [each for each in self.table.values() if each.state is not OmmState.CONNECTED]
        if away:
            return [Component("OMM connections", Severity.WARNING, "OMM not connected")]
        return [Component("OMM connections", Severity.OK)]


class House:
    def __init__(self, webroot: Path, more: Sequence[object] = ()) -> None:
        self.clock = Clock()
        self.shelves = Shelves()
        self.fleet = Fleet()
        self.is_ready = True
        self.events = EventLog(self.shelves, self.clock, self.clock.seconds)
        self.books()
        made = iter(range(1, 10_000))
        self.random_bytes: Callable[[int], bytes] = lambda n: next(made).to_bytes(n, "big")
        self.sessions = SessionBook(self.clock.seconds, self.random_bytes)
        self.accounts.on_end(self.sessions.end_account)
        self.counters = Counters()
        self.moving = 0
        self.activity = Activity(
            messages=lambda: self.counters.figures(open_messages=0, channels=0, endpoints=0),
            roams=lambda: RoamFigures(running=self.moving, done=0, failed=0),
        )
        self.hub = LiveHub(
            clock=self.clock,
            topics={},
            status=self.status().view,
            suppression=lambda: self.settings.current.suppress_table_updates,
            is_open=lambda key: self.sessions.is_open(key) or self.tokens.is_open(key),
        )
        self.feed = ChangeFeed()
        self.health = HealthBoard(self.clock)
        self.jobs = JobBook(
            self.clock, self.clock.seconds, lambda account: self.accounts.may_change(account)
        )
        self.live_sources = LiveSources(
            self.hub,
            feed=self.feed,
            statuses=self.fleet,
            settings=self.settings,
            licences=self.licences,
            health=self.health,
            sessions=self.sessions,
            tokens=self.tokens,
            jobs=self.jobs,
            activity=self.activity,
            clock=self.clock,
        )
        self.live_sources.start()
        gate = Gate(
            sessions=self.sessions, accounts=self.accounts, tokens=self.tokens, eula=self.eula
        )
        self.app = application(
            gate=gate, groups=[*self.groups(), self.live(), *more], webroot=webroot, version=VERSION
        )
        self.site = LimitedSite(self.app.resource(), self.clock, Limits())
        self.browser = Browser(self.site)

    def books(self) -> None:
        now = self.clock.seconds
        hasher = Hasher(lambda work: succeed(work()), memory=8, passes=1)
        checks = PasswordChecks(hasher, SignInDelays(now), self.events)
        self.accounts = AccountBook(self.shelves, hasher, checks, self.events)
        self.tokens = TokenBook(
            self.shelves, self.accounts.get, SignInDelays(now), self.events, now
        )
        self.accounts.on_end(self.tokens.account_ended)
        self.eula = Eula(self.shelves, self.events, now, text="Be kind.", version=VERSION)
        self.settings = SettingsBook(self.shelves, self.events, now)
        known = {issuer_of(ISSUER.public_key()): ISSUER.public_key()}
        self.licences = LicenceBook(
            self.shelves, self.events, now, issuers=lambda: known, version=VERSION
        )
        self.omms = OmmRegistry(self.shelves, self.events, self.licences.require_site)

    def groups(self) -> list[object]:
        return [
            SessionRoutes(
                accounts=self.accounts,
                sessions=self.sessions,
                eula=self.eula,
                has_omms=lambda: bool(self.fleet.statuses()),
            ),
            AccountRoutes(accounts=self.accounts),
            TokenRoutes(tokens=self.tokens, accounts=self.accounts, random_bytes=self.random_bytes),
            EulaRoutes(eula=self.eula),
            SettingsRoutes(settings=self.settings, licences=self.licences),
            LicenseRoutes(licences=self.licences),
            OmmRoutes(omms=self.omms, fleet=self.fleet, missing=self.fleet),
            EventRoutes(events=self.events),
            HealthRoutes(health=self.fleet, ready=self.ready),
            StatusRoutes(status=self.status()),
        ]

    def live(self) -> LiveRoutes:
        return LiveRoutes(hub=self.hub, reactor=self.clock)

    def status(self) -> StatusSource:
        return StatusSource(
            settings=self.settings,
            licences=self.licences,
            fleet=self.fleet,
            health=self.fleet,
            totals=lambda: Totals(users=3, devices=2, pairs=1),
            activity=self.activity,
            now=self.clock.seconds,
            version=VERSION,
        )

    async def ready(self) -> bool:
        return self.is_ready

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        return await self.browser.request(method, f"/api/v1{path}", **more)

    async def sign_in(self, name: str = "mom", password: str = "mom") -> Answer:
        answer = await self.ask("POST", "/session", json={"name": name, "password": password})
        if answer.status == 200:
            self.browser.csrf = answer.json()["csrf"]
        return answer

    async def must_change_password(self, name: str) -> None:
        """From now on the password of that account is due."""
        (account,) = [each for each in self.accounts.all() if each.name == name]
        due = msgspec.structs.replace(account, must_change_password=True)
        self.shelves.people[account.id] = due
        await self.accounts.load()

    async def settle_in(self) -> None:
        """Sign in, accept the terms and change the password, as at the first start."""
        await self.accounts.load()
        await self.sign_in()
        await self.ask("POST", "/eula", json={"version": VERSION})
        await self.ask("PUT", "/session/password", json={"old": "mom", "new": PASSWORD})
