import pytest
from twisted.internet.task import Clock

from mom.ops.metrics import KEPT_SAMPLES, Figure, Figures, LagSampler


class Late(Clock):
    """A clock whose calls come later than asked."""

    def be_late(self, seconds: float) -> None:
        """Let the next call wait `seconds` longer than it should."""
        self.rightNow += 1.0 + seconds
        self.advance(0)


def test_figures_are_read_when_they_are_asked_for() -> None:
    figures, value = Figures(), [1.0]
    figures.add("omms_connected", "OMMs that are connected", lambda: value[0])
    value[0] = 2.0
    assert figures.snapshot() == [Figure("omms_connected", "OMMs that are connected", 2.0)]


def test_a_name_is_used_once() -> None:
    figures = Figures()
    figures.add("a", "", lambda: 0.0)
    with pytest.raises(ValueError, match="a is there"):
        figures.add("a", "", lambda: 0.0)


def test_lag_is_how_much_later_than_asked_the_call_comes() -> None:
    clock = Late()
    sampler = LagSampler(clock)
    assert (sampler.latest, sampler.worst) == (0.0, 0.0)
    sampler.start()
    clock.be_late(0.25)
    clock.be_late(0.0)
    assert sampler.latest == 0.0
    assert sampler.worst == 0.25
    sampler.stop()
    assert clock.getDelayedCalls() == []


def test_only_the_last_minute_counts() -> None:
    clock = Late()
    sampler = LagSampler(clock)
    sampler.start()
    clock.be_late(5.0)
    for _ in range(KEPT_SAMPLES):
        clock.be_late(0.0)
    assert sampler.worst == 0.0
    sampler.stop()
