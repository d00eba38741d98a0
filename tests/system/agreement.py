"""The one answer to "do MOM and its OMMs agree?": simulator against database, record by record.

The simulator tells what its OMMs hold, secrets in the clear, over its control socket; MOM's side
is read from its database through the store. Nothing of the running service is asked.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from twisted.internet.threads import deferToThread

from mom.axi.element import Element
from mom.axi.secrets import PrivateKey
from mom.config import load
from mom.directory.index import NOUNS, Index
from mom.directory.wanted import wanted
from mom.directory.wire import Record
from mom.model.copy import Copy, CopyState, Noun
from mom.model.identities import OmmId
from mom.model.omm import Omm
from mom.sim.control import ask
from mom.sim.kinds import device_kind, user_kind
from mom.sim.quirks import Quirk
from mom.store.database import Database
from mom.store.repositories import Reading, Repositories
from mom.store.vault import Vault
from tests.agree import differences

_WORDS = {"0": "false", "1": "true"}
Known = tuple[Noun, int]


class Held(msgspec.Struct, frozen=True):
    """What MOM's database holds."""

    records: dict[Known, Record]
    copies: tuple[Copy, ...]
    omms: dict[OmmId, Omm]

    def index(self) -> Index:
        """Records and copies as the directory finds them."""
        index = Index()
        for record in self.records.values():
            index.put(record)
        for copy in self.copies:
            index.put_copy(copy)
        return index


class Simulated:
    """The simulated fleet behind its control socket."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._keys: dict[int, PrivateKey] = {}

    async def do(self, cmd: str, **arguments: Any) -> dict[str, Any]:
        """Carry out one command, which has to succeed."""
        result: dict[str, Any] = await deferToThread(ask, self._path, {"cmd": cmd, **arguments})
        assert result["ok"], result
        return result

    async def attempt(self, cmd: str, **arguments: Any) -> bool:
        """Try one command; tells whether the OMM took it."""
        result = await deferToThread(ask, self._path, {"cmd": cmd, **arguments})
        return bool(result["ok"])

    async def key(self, omm: int) -> PrivateKey:
        """What opens the secrets of an OMM."""
        if omm not in self._keys:
            pem = (await self.do("key", omm=omm))["pem"]
            self._keys[omm] = PrivateKey.from_pem(pem.encode())
        return self._keys[omm]

    async def sites(self, at_once: int = 50) -> list[dict[str, Any]]:
        """All that every OMM holds, and its quirks."""
        status = (await self.do("status"))["omms"]
        if len(status) <= at_once:
            sites = list((await self.do("dump"))["omms"])
        else:
            sites = [(await self.do("dump", omm=it["omm"]))["omms"][0] for it in status]
        return [site | {"quirks": it["quirks"]} for site, it in zip(sites, status, strict=True)]

    async def asked(self, *names: str) -> int:
        """How many requests of these names the fleet has answered so far."""
        counters = (await self.do("stats"))["counters"]
        return sum(counters.get(name, 0) for name in names)


async def held_by(config_file: Path) -> Held:
    """Read MOM's database, whether the service runs or not."""
    config = load(config_file)
    database = Database(config.database.url)
    rows = Repositories(Vault.load(config.paths.vault_key), database)

    def query() -> Held:
        engine = database.engine(writer=False)
        try:
            with engine.connect() as connection, database.reading(connection):
                return _held(Reading(connection, rows))
        finally:
            engine.dispose()

    return await deferToThread(query)


def _held(reading: Reading) -> Held:
    records: dict[Known, Record] = {(Noun.USER, int(u.uid)): u for u in reading.all_users()}
    records |= {(Noun.DEVICE, int(d.ppn)): d for d in reading.all_devices()}
    return Held(
        records, tuple(c for noun in NOUNS for c in reading.all_copies(noun)), reading.omms()
    )


async def disagreements(config_file: Path, simulated: Simulated) -> list[str]:
    """Where MOM and its OMMs do not agree, in words; empty if they do in every record."""
    sites = await simulated.sites()
    keys = {site["omm"]: await simulated.key(site["omm"]) for site in sites}
    held = await held_by(config_file)
    return await deferToThread(partial(compare, held, sites, keys))


def compare(
    held: Held, sites: Iterable[Mapping[str, Any]], keys: Mapping[int, PrivateKey]
) -> list[str]:
    """Compare what MOM holds with what the OMMs hold, and with what they should hold."""
    index = held.index()
    by_park = {omm.park: omm for omm in held.omms.values() if omm.park}
    found = []
    for site in sites:
        omm = by_park.get(site["park"])
        if omm is None:
            found.append(f"site {site['omm']} is not known to MOM")
            continue
        copies = [copy for noun in NOUNS for copy in index.shelf(noun, omm.id)]
        key = keys[site["omm"]]
        has_numbers = not {Quirk.NO_SETPP, Quirk.NO_NUMBERS} & set(site["quirks"])
        texts = differences(held.records, copies, elements(site, key), key, has_numbers)
        texts += misplaced(index, omm.id)
        if omm.missing:
            texts.append(f"{omm.missing} records wait for restore or accept")
        found += [f"site {site['omm']}: {text}" for text in texts]
    return [*found, *_homes(held)]


def elements(site: Mapping[str, Any], key: PrivateKey) -> Iterable[Element]:
    """The records of a site as it would tell them: secrets under its key, its way with booleans."""
    strange = Quirk.STRANGE in site["quirks"]
    kinds = {"users": user_kind(newer=True, strange=strange), "devices": device_kind(strange)}
    for book, kind in kinds.items():
        for attrs in site[book]:
            told = dict(attrs)
            for name in kind.secrets & told.keys():
                told[name] = key.public.encrypt(told[name]) if told[name] else ""
            if Quirk.WORDS in site["quirks"]:
                for name in kind.booleans & told.keys():
                    told[name] = _WORDS.get(told[name], told[name])
            yield Element(kind.tag, told)


def misplaced(index: Index, omm: OmmId) -> Iterable[str]:
    """What an OMM should hold and does not, or holds and should not."""
    for noun, number in set(index.due(omm)):
        entry = index.entry(noun, number)
        copy = index.copy(noun, number, omm)
        holds = copy is not None and copy.state is CopyState.HELD
        if entry is None:
            yield f"{noun.value} {number} is not known in MOM"
        elif wanted(entry, omm, index) != holds and not (copy is not None and copy.refused):
            yield f"{noun.value} {number} is {'not wanted there' if holds else 'missing'}"


def _homes(held: Held) -> Iterable[str]:
    """Every subscribed device has one home, and its IPEI is its own."""
    seen: dict[str, int] = {}
    for (noun, number), record in held.records.items():
        if noun is not Noun.DEVICE or not record.ipei:
            continue
        if record.ipei in seen:
            yield f"devices {seen[record.ipei]} and {number} have one IPEI"
        seen[record.ipei] = number
        if record.s == "Yes" and record.home not in held.omms:
            yield f"device {number} is subscribed and has no home"
        if record.s == "Yes" and (record.omm_id_ack or "") != (record.omm_id or ""):
            yield f"device {number} is still roaming"
