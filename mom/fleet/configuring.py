"""Making the settings of one OMM, and remembering how that went.

A setting that the OMM takes back at once is noted once and made again at most once a minute, so
that two sides that disagree do not keep each other busy. This module must not know which settings
there are.
"""

from collections.abc import Callable, Sequence

from twisted.internet.defer import DeferredLock

from mom.axi.element import Element
from mom.axi.errors import LinkLost, RequestRefused, RequestTimeout
from mom.axi.mom_profile import UNSUPPORTED
from mom.fleet.errors import Restarting
from mom.fleet.exchange import Answers, Request, answered, ask, ask_all
from mom.fleet.settings import Setting, differs_in, questions_of

PAUSE = 60.0
"""Least seconds between making the same setting twice in one session."""
RESTART_PAUSE = 900.0
"""The same for a setting that restarts the OMM, over sessions."""


class Configurator:
    """The settings of one OMM over its sessions.

    ``seconds`` tells the time; ``note`` is told once of each setting that does not stay.
    ``without_profile`` is true for an OMM that lacks the messages of a MOM.
    """

    def __init__(self, seconds: Callable[[], float], note: Callable[[str], None]) -> None:
        self._seconds = seconds
        self._note = note
        self._made: dict[str, tuple[Element, float]] = {}
        self._restarting: dict[str, tuple[Element, float]] = {}
        self._reverted: set[str] = set()
        self._refused: dict[str, str] = {}
        self._doubted: set[str] = set()
        self._busy = DeferredLock()
        self.without_profile = False

    def is_due(self, settings: Sequence[Setting]) -> bool:
        """Whether one of the settings waits to be made again, or ends soon at the OMM."""
        return bool(self._reverted) or any(self._runs_out(setting) for setting in settings)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not as wanted, in words, for the health of the OMM."""
        notes = [f"{name} is changed back by the OMM" for name in sorted(self._reverted)]
        notes += [
            f"{name} is refused ({code})"
            for name, code in sorted(self._refused.items())
            if code not in UNSUPPORTED
        ]
        if self.without_profile:
            notes.append("roaming and central subscription not available")
        return tuple(notes)

    def begin(self) -> None:
        """A new session begins: what was made in the last one may be gone."""
        self._made.clear()
        self._reverted.clear()
        self._refused.clear()
        self._doubted.clear()
        self._busy = DeferredLock()
        self.without_profile = False

    async def restart_if_needed(
        self, request: Request, settings: Sequence[Setting], told: Answers | None = None
    ) -> None:
        """Make settings that restart the OMM; raises ``Restarting`` if one was made.

        ``told`` is what was answered already.
        """
        request = answered(request, told or {})
        async with self._busy:
            for setting in settings:
                answer = await ask(request, setting.ask) if setting.ask is not None else None
                if answer is None or not setting.differs(answer):
                    self._reverted.discard(setting.name)
                elif self._may(setting):
                    await self._restart(request, setting)

    async def make(
        self, request: Request, settings: Sequence[Setting], told: Answers | None = None
    ) -> None:
        """Read the settings and make those that differ; refusals become notes.

        ``told`` is what was answered already. It does not count if something was made in this
        session before: it may be older than that.
        """
        async with self._busy:
            known = told if told and not self._made else {}
            await self._bring(answered(request, known), settings)

    async def restore(self, request: Request, event: Element, settings: Sequence[Setting]) -> None:
        """Make again what an event tells to be no longer as wanted.

        What was made just now is read first: the event may be older than that.
        """
        for setting in differs_in(event, settings):
            if setting.ask is not None and self._just_made(setting):
                await self._check(request, setting)
            elif self._may(setting):
                await self._make(request, [setting])

    async def _restart(self, request: Request, setting: Setting) -> None:
        self._restarting[setting.name] = (setting.change, self._seconds())
        try:
            await request(setting.change)
        except RequestRefused as refusal:
            del self._restarting[setting.name]
            self._refuse(setting, refusal)
            return
        except (LinkLost, RequestTimeout) as lost:
            raise Restarting(f"restarts with a new {setting.name}") from lost
        raise Restarting(f"restarts with a new {setting.name}")

    async def _check(self, request: Request, setting: Setting) -> None:
        """Read one setting again, once for all that is told of it until it is asked for."""
        if setting.name in self._doubted:
            return
        self._doubted.add(setting.name)
        async with self._busy:
            self._doubted.discard(setting.name)
            await self._bring(request, [setting])

    async def _bring(self, request: Request, settings: Sequence[Setting]) -> None:
        due = await self._differing(request, settings)
        await self._make(request, [setting for setting in due if self._may(setting)])

    async def _make(self, request: Request, settings: Sequence[Setting]) -> None:
        for setting in settings:
            self._made[setting.name] = (setting.change, self._seconds())
        answers = await ask_all(request, [setting.change for setting in settings])
        for setting, answer in zip(settings, answers, strict=True):
            if setting.ask is None:
                self._reverted.discard(setting.name)
            if isinstance(answer, RequestRefused):
                self._refuse(setting, answer)
            else:
                self._refused.pop(setting.name, None)

    async def _differing(self, request: Request, settings: Sequence[Setting]) -> list[Setting]:
        """Those that are not as wanted, or not for long.

        One that cannot be read is made once in a session.
        """
        asked = [setting for setting in settings if setting.ask is not None]
        answers = await ask_all(request, questions_of(asked))
        differing: list[str] = []
        for setting, answer in zip(asked, answers, strict=True):
            if isinstance(answer, RequestRefused):
                self._refuse(setting, answer)
            elif setting.differs(answer):
                differing.append(setting.name)
            else:
                self._reverted.discard(setting.name)
                self._refused.pop(setting.name, None)
                if self._runs_out(setting):
                    differing.append(setting.name)
        return [s for s in settings if s.name in differing or (s.ask is None and self._anew(s))]

    def _anew(self, setting: Setting) -> bool:
        made = self._made.get(setting.name)
        return made is None or made[0] != setting.change or setting.name in self._reverted

    def _runs_out(self, setting: Setting) -> bool:
        """Whether the OMM ends a setting soon; without a word about when, it is assumed."""
        if not setting.lasts or setting.name in self._refused:
            return False
        return not self._made_within(setting, setting.lasts)

    def _just_made(self, setting: Setting) -> bool:
        return self._made_within(setting, RESTART_PAUSE if setting.restarts else PAUSE)

    def _made_within(self, setting: Setting, seconds: float) -> bool:
        """Whether just this was made less than so long ago."""
        made = (self._restarting if setting.restarts else self._made).get(setting.name)
        return (
            made is not None and made[0] == setting.change and self._seconds() - made[1] < seconds
        )

    def _may(self, setting: Setting) -> bool:
        """Whether it is time to make a setting (again); if not, it is one that does not stay."""
        if not self._just_made(setting):
            return True
        if setting.name not in self._reverted:
            self._reverted.add(setting.name)
            self._note(f"{setting.name} is changed back by the OMM")
        return False

    def _refuse(self, setting: Setting, refusal: RequestRefused) -> None:
        self._refused[setting.name] = refusal.code
        if refusal.code in UNSUPPORTED and setting.profile:
            self.without_profile = True
