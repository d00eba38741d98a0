"""Who waits for a phone that moves, and when it goes on."""

from twisted.internet.defer import CancelledError, Deferred
from twisted.trial.unittest import SynchronousTestCase

from mom.directory.entry import entry_of
from mom.directory.index import Index
from mom.directory.roaming.moves import Moves
from mom.model.device import ROAMING_COMPLETE, ROAMING_STARTED, Device
from mom.model.identities import DeviceNumber, OmmId


def index(roaming: str) -> Index:
    made = Index()
    made.put_entry(entry_of(Device(ppn=DeviceNumber(7), s="Yes", home=OmmId(2), roaming=roaming)))
    return made


def done(waiting: "Deferred[None]") -> bool:
    return bool(waiting.called)


def test_nobody_waits_for_a_phone_that_does_not_move() -> None:
    moves = Moves(index(ROAMING_COMPLETE))
    assert not moves.under_way(7)
    assert done(moves.settled(7))


def test_whoever_waits_goes_on_when_the_record_says_that_the_move_is_complete() -> None:
    records = index(ROAMING_STARTED)
    moves = Moves(records)
    first, second = moves.settled(7), moves.settled(7)
    assert moves.under_way(7)
    moves.look([7])
    assert not done(first)
    records.put(Device(ppn=DeviceNumber(7), s="Yes", home=OmmId(2), roaming=ROAMING_COMPLETE))
    moves.look([7])
    assert done(first)
    assert done(second)


def test_a_sequence_of_steps_is_waited_for_though_the_record_rests() -> None:
    moves = Moves(index(ROAMING_COMPLETE))
    moves.begin(7)
    moves.begin(7)
    waiting = moves.settled(7)
    moves.end(7)
    assert not done(waiting)
    moves.end(7)
    assert done(waiting)


def test_whoever_gives_up_waiting_is_forgotten() -> None:
    moves = Moves(index(ROAMING_STARTED))
    gone, stays = moves.settled(7), moves.settled(7)
    gone.cancel()
    SynchronousTestCase().failureResultOf(gone, CancelledError)
    moves.stop()
    assert done(stays)
