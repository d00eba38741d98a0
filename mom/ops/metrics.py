"""Figures of the running process: a registry to read them from, and how far the reactor lags.

Knows no page and no format; whoever shows figures asks for a snapshot.
"""

from collections import deque
from collections.abc import Callable

import msgspec

from mom.axi.clock import Clock, Timer

SAMPLE_SECONDS = 1.0
KEPT_SAMPLES = 60


class Figure(msgspec.Struct, frozen=True):
    """One figure: its name (lower case with underscores), what it says, and its value now."""

    name: str
    about: str
    value: float


class Figures:
    """All figures that can be read, in the order in which they were added."""

    def __init__(self) -> None:
        self._sources: dict[str, tuple[str, Callable[[], float]]] = {}

    def add(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Read this figure too. Raises `ValueError` if the name is taken."""
        if name in self._sources:
            raise ValueError(f"the figure {name} is there already")
        self._sources[name] = (about, read)

    def snapshot(self) -> list[Figure]:
        """All figures at this moment."""
        return [Figure(name, about, read()) for name, (about, read) in self._sources.items()]


class LagSampler:
    """Measures once a second how much later than asked the reactor calls, in seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._samples: deque[float] = deque(maxlen=KEPT_SAMPLES)
        self._due = 0.0
        self._timer: Timer | None = None

    @property
    def latest(self) -> float:
        """The last sample; 0 before the first."""
        return self._samples[-1] if self._samples else 0.0

    @property
    def worst(self) -> float:
        """The greatest of the last minute."""
        return max(self._samples, default=0.0)

    def start(self) -> None:
        """Begin to measure."""
        self._due = self._clock.seconds() + SAMPLE_SECONDS
        self._timer = self._clock.callLater(SAMPLE_SECONDS, self._sample)

    def stop(self) -> None:
        """Measure no more."""
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        self._timer = None

    def _sample(self) -> None:
        self._samples.append(max(0.0, self._clock.seconds() - self._due))
        self.start()
