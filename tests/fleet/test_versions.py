from mom.fleet.versions import MAX_LISTS, SharedVersions


def test_equal_lists_are_kept_once() -> None:
    shared = SharedVersions()
    first = shared.shared({"Ping": "1.0.2"})
    assert shared.shared({"Ping": "1.0.2"}) is first
    assert shared.shared({"Ping": "1.0.3"}) == {"Ping": "1.0.3"}


def test_lists_that_are_all_different_do_not_pile_up() -> None:
    shared = SharedVersions()
    for number in range(10 * MAX_LISTS):
        shared.shared({"Ping": str(number)})
    assert len(shared._lists) <= MAX_LISTS
