"""Brings to one OMM what it should hold: takes records that may differ, and plans a few at a time.

It decides nothing about who wins, and knows no requests: `carrying` carries the steps out.
"""

from collections.abc import Container, Iterable
from typing import Protocol

from twisted.internet.defer import ensureDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mom.directory.errors import DirectoryStopped
from mom.directory.keeping import nouns_kept
from mom.directory.lines import omm_name
from mom.directory.reading.readings import Readings
from mom.directory.rows import Known
from mom.directory.sending.abilities import Abilities
from mom.directory.sending.carrying import Answers, Carrier, CarrierDesk
from mom.directory.sending.sends import (
    Change,
    Delete,
    Relate,
    Site,
    Step,
    next_step,
    pair_of,
)
from mom.directory.sending.setbacks import Setbacks
from mom.directory.sending.standing import Standing, at_home, standing
from mom.model.copy import Noun
from mom.model.identities import OmmId
from mom.ports import OmmPort
from mom.store.errors import NotRead, NotStored

MOST_PATIENCE = 600
"""Seconds of a session after which system-wide numbers are written though OMMs are being read."""
IN_FLIGHT = 4
"""Requests to one OMM that are under way at once."""
NUMBERS_IN_FLIGHT = 1
"""The same of those that only tell system-wide numbers: all OMMs are told theirs at once."""
_USER = Noun.USER


class Staying(Protocol):
    """Records that stay at an OMM as its guests."""

    def has(self, omm: OmmId, key: Known) -> bool:
        """Whether a record is a guest of an OMM."""


class SenderDesk(CarrierDesk, Protocol):
    """What sending needs of the directory."""

    readings: Readings

    @property
    def guests(self) -> Staying:
        """Which records an OMM may keep for a while though they are not wanted there."""


class Sender:
    """The sending side of one sitting."""

    _log = Logger()

    def __init__(
        self,
        desk: SenderDesk,
        port: OmmPort,
        abilities: Abilities,
        answers: Answers,
    ) -> None:
        """Opens nothing and asks nothing; see `start`."""
        self._desk = desk
        self._port = port
        self._abilities = abilities
        self._answers = answers
        self._dirty: dict[Known, None] = {}
        self._unhurried: dict[Known, None] = {}
        """Records that only lack their system-wide number; they wait until no OMM is read."""
        self._patience = 0
        self._busy: set[Known] = set()
        self._setbacks = Setbacks(desk, port, abilities)
        self._carrier = Carrier(desk, port, abilities, self._setbacks, answers, self.close)
        self._later: set[Known] = set()
        self.missing: frozenset[Known] = frozenset()
        """Records that vanished from the OMM and wait for the administrator."""
        self._running = 0
        self._open = False
        self._closed = False

    @property
    def idle(self) -> bool:
        """Nothing is under way and nothing waits."""
        return not self._running and not ((self._dirty or self._unhurried) and self._open)

    def start(self) -> None:
        """Send from now on."""
        self._open = True
        self._patience = self._desk.now() + MOST_PATIENCE
        index, omm = self._desk.index, self._port.omm.id
        self._abilities.kept = nouns_kept(index, omm)
        site = Site(index, omm, self._abilities)
        plain = at_home(index, omm) if self._abilities.set_pp else {}
        told = [
            (known, plain.get(known) or standing(site, *known))
            for known in dict.fromkeys(index.due(omm))
        ]
        is_unclear, is_lacking = Standing.UNCLEAR, Standing.UNNUMBERED
        unclear = {known: None for known, how in told if how is is_unclear}
        lacking = {known: None for known, how in told if how is is_lacking}
        both = unclear | lacking
        self._unhurried |= {known: None for known in lacking if self._leads(known, both)}
        self.mark([known for known in unclear if self._leads(known, unclear)])
        self.resume()

    def _leads(self, known: Known, due: Container[Known]) -> bool:
        """Whether a record is looked at by itself: a device is with its user, if that is due."""
        noun, number = known
        if noun is _USER:
            return True
        device = self._desk.index.entry(noun, number)
        if device is None or (_USER, device.partner) not in due:
            return True
        user = self._desk.index.entry(_USER, device.partner)
        return user is None or user.partner != number

    def close(self) -> None:
        """Send nothing any more."""
        self._closed = True
        self._dirty.clear()
        self._unhurried.clear()

    def mark(self, records: Iterable[Known]) -> None:
        """These records may differ from what the OMM should hold; `start` looks at all anyway."""
        if self._open and not self._closed:
            self._dirty.update(dict.fromkeys(records))
            self._pump()

    def settled(self) -> None:
        """All that the OMM told is settled: what was not to be deleted before may be now."""
        self._pump()

    def resume(self) -> None:
        """Take up what waited for calm, if there is calm or it has waited long enough."""
        if self._unhurried and self._hurries():
            self._pump()

    def _hurries(self) -> bool:
        return self._desk.readings.calm or self._desk.now() >= self._patience

    def busy(self, noun: Noun, number: int) -> bool:
        """Whether a request about a record is under way."""
        return (noun, number) in self._busy

    def look_again(self, records: Iterable[Known]) -> None:
        """Ask the OMM for these records once the requests about them are answered."""
        self._later.update(records)

    def _pump(self) -> None:
        waiting = []
        while (key := self._next()) is not None:
            pair = pair_of(self._desk.index, *key)
            if any(known in self._busy for known in pair.items()):
                waiting.append(key)
                continue
            step = self._plan(key, pair)
            if step is None:
                self._setbacks.settled(key)
            elif isinstance(step, Delete) and not self._answers.empty:
                waiting.append(key)
            elif isinstance(step, Change) and step.is_number and not self._may_number():
                self._unhurried[key] = None
            elif self._setbacks.repeats(key, step):
                self._log.warn("{key} stays different on {omm}", key=key, omm=self._name)
                self._setbacks.suspend(pair.items())
            else:
                self._begin(key, step)
        self._dirty.update(dict.fromkeys(waiting))

    def _next(self) -> Known | None:
        """The record to look at now: what only lacks its number comes after all others."""
        if self._closed or not self._open:
            return None
        records = self._dirty
        if not records and self._may_number():
            records = self._unhurried
        if not records or self._running >= IN_FLIGHT:
            return None
        key = next(iter(records))
        del records[key]
        return key

    def _may_number(self) -> bool:
        return self._running < NUMBERS_IN_FLIGHT and self._hurries()

    def _plan(self, key: Known, pair: dict[Noun, int]) -> Step | None:
        """What to do about a pair; nothing while it moves.

        Where both ends are dirty, the other one is taken off the list: it is planned here, too.
        """
        index = self._desk.index
        if pair.get(Noun.DEVICE, 0) in index.moving:
            return None
        for known in pair.items():
            if known != key and known in self._dirty and pair_of(index, *known) == pair:
                del self._dirty[known]
        site = Site(index, self._port.omm.id, self._abilities)
        if all(standing(site, *known) is Standing.IN_ORDER for known in pair.items()):
            return None
        return next_step(self._site(pair), pair)

    def _site(self, pair: dict[Noun, int]) -> Site:
        """The OMM without the records that wait, are guests, or were refused as they are."""
        index = self._desk.index
        skip = set()
        for key in pair.items():
            guest = self._desk.guests.has(self._port.omm.id, key)
            if guest or key in self.missing or self._setbacks.holds_back(key):
                skip.add(key)
        return Site(index, self._port.omm.id, self._abilities, frozenset(skip))

    def _begin(self, key: Known, step: Step) -> None:
        if isinstance(step, Change | Relate):
            keys = [(part.noun, part.number) for part in step.parts]
        elif isinstance(step, Delete):
            keys = [(copy.noun, copy.number) for copy in step.copies]
        else:
            keys = [(step.copy.noun, step.copy.number)]
        self._busy.update(keys)
        self._setbacks.plan(keys)
        self._running += 1
        done = ensureDeferred(self._carrier.carry_out(step))
        done.addErrback(lambda why: self._failed(why, keys))
        done.addCallback(lambda _: self._end(key, keys))

    def _failed(self, why: Failure, keys: list[Known]) -> None:
        if not isinstance(why.value, DirectoryStopped):
            self._log.failure("bringing {keys} failed", why, keys=keys)
        if isinstance(why.value, NotStored | NotRead):
            self.close()
            self._port.give_up(str(why.value))

    def _end(self, key: Known, keys: list[Known]) -> None:
        self._busy.difference_update(keys)
        self._setbacks.done(keys)
        self._running -= 1
        again = [known for known in keys if known in self._later]
        self._later.difference_update(again)
        for noun, number in again:
            self._look(noun, number)
        self.mark([key, *keys, *self._setbacks.released()])

    def _look(self, noun: Noun, number: int) -> None:
        copy = self._desk.index.copy(noun, number, self._port.omm.id)
        if copy is not None and copy.local and not self._closed:
            self._desk.fetch(self._port.omm.id, noun, copy.local)

    @property
    def _name(self) -> str:
        return omm_name(self._port.omm.id)
