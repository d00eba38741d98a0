"""The stages of a session, in order.

Get in, learn who the OMM is, let it restart if it must, listen, make the settings, have everything
read, follow. This module must not know links or states.
"""

import msgspec
from msgspec import UNSET
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from mom.axi.errors import RequestFailed
from mom.fleet.entry import enter, learn_standby
from mom.fleet.errors import Broken, GivenUp, Hindrance, MustAccept
from mom.fleet.exchange import Answers
from mom.fleet.listening import listen
from mom.fleet.opening import learn_facts
from mom.fleet.ports import Learned
from mom.fleet.session import Session
from mom.fleet.settings import identity, questions_of, wanted
from mom.model.omm import PARK
from mom.ports import SessionFacts, Sitting
from mom.store.errors import NotRead, NotStored

log = Logger()


def begin(session: Session) -> None:
    """Run the stages, unless the session was closed before; each failure is its end."""
    if not session.closed:
        Deferred.fromCoroutine(_run(session))


async def _run(session: Session) -> None:
    try:
        await _live(session)
    except (RequestFailed, Hindrance) as failure:
        session.finish(failure)
    except (NotStored, NotRead) as failure:
        session.finish(GivenUp(str(failure)))
    except Exception:  # noqa: BLE001 - a bug in one session must leave the OMM to be tried again
        if not session.closed:
            log.failure("the session with {omm} failed", omm=session.omm.name)
        session.finish(Broken())


async def _live(session: Session) -> None:
    around = session.around
    entrance = await enter(session, lambda: session.omm, around.dialler, around.options)
    questions = questions_of(identity(around.wishes()))
    facts, told = await learn_facts(session.request, entrance.response, around.now, questions)
    facts = msgspec.structs.replace(facts, versions=around.versions.shared(facts.versions))
    _identify(session, facts)
    learn_standby(session, session.omm, entrance.response.omm_stb_addr)
    session.introduce(facts, entrance.link)
    session.steps.opened()
    sitting = await _prepare(session, told)
    session.steps.configured()
    session.observe()
    await _read(session, sitting)


def _identify(session: Session, facts: SessionFacts) -> None:
    """Make sure that this is the OMM of the record, and no other record's."""
    omm, park = session.omm, facts.park
    if omm.park and omm.park != park:
        text = f"PARK {park} instead of {omm.park}; accept it if the OMM was replaced"
        raise MustAccept(PARK, park, text)
    holder = session.around.claims.claim(park, omm.id)
    if holder != omm.id:
        text = f"PARK {park} belongs to OMM {holder:04d} already; disable one of them"
        raise MustAccept(PARK, park, text)
    session.learn(
        Learned(
            park=park,
            omm_version=facts.omm_version,
            protocol_version=facts.protocol_version,
            most_phones=facts.most_phones or UNSET,
            waiting_for="",
            seen="",
        )
    )


async def _prepare(session: Session, told: Answers) -> Sitting:
    """Settings that restart the OMM first; then listen, then all other settings.

    ``told`` is what was answered already.
    """
    configurator, around = session.host.configurator, session.around
    configurator.begin()
    await configurator.restart_if_needed(session.request, identity(around.wishes()), told)
    sitting = session.sit()
    refused, told = await listen(session.request, questions_of(wanted(around.wishes())))
    if refused:
        names = ", ".join(sorted(refused))
        log.info("{omm}: no events of {names}", omm=session.omm.name, names=names)
    await configurator.make(session.request, wanted(around.wishes()), told)
    session.told_profile(not configurator.without_profile)
    return sitting


async def _read(session: Session, sitting: Sitting) -> None:
    around = session.around
    began = around.clock.seconds()
    await sitting.read(session.host.progress)
    if session.closed:
        return
    seconds = around.clock.seconds() - began
    around.counters.synchronised(seconds)
    session.learn(
        Learned(
            last_sync=int(around.now()),
            last_sync_seconds=round(seconds, 3),
        )
    )
    session.steps.read()
    sitting.follow()
