from mom.fleet.figures import Counters


def test_the_last_thousand_durations_are_kept() -> None:
    counters = Counters()
    for seconds in range(1500):
        counters.synchronised(float(seconds))
    kept = counters.figures({}).sync_seconds
    assert (len(kept), kept[0], kept[-1]) == (1000, 500.0, 1499.0)


def test_a_snapshot_does_not_change() -> None:
    counters = Counters()
    before = counters.figures({"connected": 1})
    counters.tries += 1
    assert before.tries == 0
    assert before.states == {"connected": 1}
