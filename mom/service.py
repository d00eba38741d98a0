"""The service as `twistd` starts it: `twistd -n mom --config FILE`.

Reads the configuration, orders the parts of `mom.rooms` into a start and a stop, and ends the
process with a sentence if something does not start. SIGHUP reads log level, kept days, limits and
TLS certificate again; of several stop signals the first one counts.
"""

import atexit
import gc
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import FrameType
from typing import Any

from twisted.application.service import Service
from twisted.internet import reactor as installed_reactor
from twisted.logger import ILogObserver, Logger, globalLogPublisher
from twisted.python import usage
from twisted.python.failure import Failure

from mom.config import Config, ConfigError, config_file, load
from mom.lifecycle import Ending, RootService, StartFailed, Step
from mom.lock import StateLock
from mom.model.omm import Severity
from mom.office import NotInitialised, Office, installed_version, not_set_up, open_office
from mom.ops.console import Console, open_console
from mom.ops.notify import Notifier
from mom.ops.tracelog import TraceLog
from mom.rooms import Room, Rooms, build_rooms, limit
from mom.web.certificates import CertificateError

log = Logger(namespace="mom")
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
COLLECT_AFTER = (20_000, 20, 100)
"""When the garbage collector looks at new, younger and old objects; Python's own is 700, 10, 10."""
TURN_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another one waits for it. The database's thread
waits for the reactor's with each phone that moves; Python's own 5 ms are longer than all else then.
"""


class Options(usage.Options):
    """Command line of `twistd mom`."""

    optParameters = [
        ["config", "c", None, "The configuration (else MOM_CONFIG, else /etc/mom/mom.toml)"]
    ]

    def postOptions(self) -> None:
        """Read the configuration; called by Twisted."""
        try:
            self["loaded"] = load(config_file(self["config"], os.environ))
        except ConfigError as error:
            raise usage.UsageError(str(error)) from error


class LoggedService(RootService):
    """The service with a log as it is to be shown, which twistd takes from its application."""

    console: Console | None = None

    def setServiceParent(self, parent: Any) -> None:
        """Join twistd's application; called by Twisted before it begins to log."""
        super().setServiceParent(parent)  # type: ignore[no-untyped-call]
        if self.console is not None:
            parent.setComponent(ILogObserver, self.console)


def makeService(options: Options) -> Service:
    """Make the service for `twistd`."""
    reactor: Any = installed_reactor
    keep_steady_time(reactor)
    spare_collections()
    sys.setswitchinterval(TURN_SECONDS)
    config: Config = options["loaded"]
    ending = Ending()
    reactor.addSystemEventTrigger("after", "startup", stop_once, ending)
    service = LoggedService(
        lambda: House(config, reactor, os.environ).steps(),
        reactor,
        lambda failure: _give_up(reactor, ending, failure),
    )
    twistd = options.parent
    if twistd is not None and not twistd["syslog"]:
        daemon = not twistd["nodaemon"]
        service.console = open_console(twistd["logfile"] or "", daemon=daemon, now=time.time)
    return service


def stop_once(ending: Ending) -> None:
    """Hand only the first stop signal on to the handlers that are there.

    Twisted's own complain of a reactor that is not running while the service still stops.
    """
    for number in STOP_SIGNALS:
        former = signal.getsignal(number)
        if callable(former):
            signal.signal(number, partial(_stop_signal, ending, former))


def _stop_signal(
    ending: Ending,
    former: Callable[[int, FrameType | None], object],
    number: int,
    frame: FrameType | None,
) -> None:
    ending.begin(lambda: former(number, frame))


def spare_collections() -> None:
    """Collect garbage seldom: a hundred thousand records live long, and looking at them costs.

    What is loaded by now stays for ever and is looked at no more. The little garbage that loading
    leaves behind stays too: to look for it takes a twentieth of a second.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def keep_steady_time(reactor: Any) -> None:
    """Let timers go by the monotonic clock, before there are any.

    Twisted takes the time of day: after a step back of an hour no keepalive, time limit or sign of
    life for the service manager would come for an hour.
    """
    reactor.seconds = time.monotonic


class House:
    """One run of the service: all parts, as steps that start and stop in order."""

    def __init__(self, config: Config, reactor: Any, environment: Mapping[str, str]) -> None:
        self._config = config
        self._reactor = reactor
        self._trace: Any = TraceLog(
            config.paths.log, time.time, level=config.log.level, keep_days=config.log.keep_days
        )
        self._notifier = Notifier(environment, reactor)
        self._lock = StateLock(config.paths.lock)
        self._office: Office | None = None
        self._rooms: Rooms | None = None
        self._former_signal: Any = signal.SIG_DFL

    def steps(self) -> Sequence[Step]:
        """The parts in the order in which they start; they stop in reverse."""
        return (
            Step("the trace log", self._open_log, self._close_log),
            Step("the lock", self._take_lock, self._lock.release),
            Step("the database", self._open_office, self._close_office),
            Step("what the configuration names", self._build_rooms, self._forget_rooms),
            Step("the certificate", self._load_certificate, _nothing),
            self._room("the directory", lambda rooms: rooms.core.directory),
            Step("the jobs", _nothing, lambda: self.rooms.core.jobs.stop()),
            self._room("the subscription mode", lambda rooms: rooms.wildcard),
            self._room("the trash", lambda rooms: rooms.trash),
            self._room("the health board", lambda rooms: rooms.core.health),
            self._room("the messages", lambda rooms: rooms.messaging),
            self._room("the count of moves", lambda rooms: rooms.roams),
            self._room("the fleet", lambda rooms: rooms.core.fleet),
            self._room("the live updates", lambda rooms: rooms.live),
            self._room("the web server", lambda rooms: rooms.web),
            # Browsers are told that MOM stops before the web server closes their connections.
            Step("the browsers that follow", _nothing, lambda: self.rooms.live.stop()),
            self._room("the control socket", lambda rooms: rooms.control),
            Step("the service", self._ready, self._stopping),
        )

    def _room(self, name: str, room: Callable[[Rooms], Room]) -> Step:
        return Step(name, lambda: room(self.rooms).start(), lambda: room(self.rooms).stop())

    @property
    def rooms(self) -> Rooms:
        """All parts; there only between their building and the end."""
        if self._rooms is None:
            raise RuntimeError("the parts are not built")
        return self._rooms

    def _open_log(self) -> None:
        globalLogPublisher.addObserver(self._trace)
        version, file = installed_version(), self._config.file
        log.info(
            "MOM {version} is starting; its configuration is {file}", version=version, file=file
        )

    def _close_log(self) -> None:
        log.info("MOM has stopped")
        globalLogPublisher.removeObserver(self._trace)
        self._trace.close()

    def _take_lock(self) -> None:
        if not self._config.paths.state.is_dir():
            raise NotInitialised(not_set_up(self._config))
        self._lock.take()

    async def _open_office(self) -> None:
        self._office = await open_office(self._config, self._reactor, time.time)

    async def _close_office(self) -> None:
        office, self._office = self._office, None
        if office is not None:
            await office.close()

    def _build_rooms(self) -> None:
        if self._office is None:
            raise RuntimeError("the database is not open")
        self._rooms = build_rooms(
            self._office,
            reactor=self._reactor,
            now=time.time,
            random=random.SystemRandom().random,
            random_bytes=os.urandom,
        )

    def _forget_rooms(self) -> None:
        self._rooms = None

    def _load_certificate(self) -> None:
        self.rooms.core.certificates.load()

    def _ready(self) -> None:
        self._former_signal = signal.signal(signal.SIGHUP, self._on_hang_up)
        self.rooms.core.office.events.record(
            Severity.OK, "Service", f"MOM {self.rooms.core.office.version} has started"
        )
        log.info("MOM {version} is ready", version=self.rooms.core.office.version)
        self._notifier.ready()

    def _stopping(self) -> None:
        log.info("MOM is stopping")
        self._notifier.stopping()
        signal.signal(signal.SIGHUP, self._former_signal)
        self.rooms.core.office.events.record(Severity.OK, "Service", "MOM is stopping")

    def _on_hang_up(self, _number: int, _frame: FrameType | None) -> None:
        self._reactor.callFromThread(self._reload)

    def _reload(self) -> None:
        """Read the configuration again; a mistake in it is logged, and all stays as it is."""
        try:
            config = load(self._config.file)
            self.rooms.core.certificates.load()
        except (ConfigError, CertificateError) as error:
            log.error("Nothing was reloaded: {error}", error=error)
            return
        self._trace.set_level(config.log.level)
        self._trace.set_keep_days(config.log.keep_days)
        limit(self.rooms.core, config.limits)
        log.info("Log level, kept days, limits and TLS certificate were read again")


def _nothing() -> None:
    """Start or stop a part that needs no starting or stopping."""


def _give_up(reactor: Any, ending: Ending, failure: Failure) -> None:
    """End the process with exit code 1: there is no service, and the log says why.

    Twisted always ends with 0 after a stopped reactor, so the exit code is set at the very end,
    when it has cleaned up.
    """
    if not isinstance(failure.value, StartFailed):
        log.failure("MOM did not start", failure)
    atexit.register(_leave, 1)
    reactor.callWhenRunning(ending.begin, reactor.stop)


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
