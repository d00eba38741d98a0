from mom.admin.delays import FREE_FAILURES, LONGEST_DELAY, REMEMBERED, SignInDelays
from tests.admin.fakes import Watch


def fail(
    delays: SignInDelays, times: int, account: str = "mom", address: str = "192.0.2.1"
) -> float:
    return [delays.failed(account, address) for _ in range(times)][-1]


def test_the_first_failures_cost_nothing(watch: Watch) -> None:
    delays = SignInDelays(watch)
    assert fail(delays, FREE_FAILURES) == 0
    assert delays.wait("mom", "192.0.2.1") == 0


def test_the_delay_doubles_with_each_further_failure_up_to_a_minute(watch: Watch) -> None:
    delays = SignInDelays(watch)
    fail(delays, FREE_FAILURES)
    found = [delays.failed("mom", "192.0.2.1") for _ in range(8)]
    assert found == [1, 2, 4, 8, 16, 32, LONGEST_DELAY, LONGEST_DELAY]


def test_the_delay_passes_with_time(watch: Watch) -> None:
    delays = SignInDelays(watch)
    fail(delays, FREE_FAILURES + 2)
    watch.at += 1.5
    assert delays.wait("mom", "192.0.2.1") == 0.5
    watch.at += 0.5
    assert delays.wait("mom", "192.0.2.1") == 0


def test_an_account_is_slow_from_everywhere_and_an_address_for_every_account(watch: Watch) -> None:
    delays = SignInDelays(watch)
    fail(delays, FREE_FAILURES + 1)
    assert delays.wait("mom", "192.0.2.2") > 0
    assert delays.wait("other", "192.0.2.1") > 0
    assert delays.wait("other", "192.0.2.2") == 0


def test_the_case_of_the_name_gives_no_further_tries(watch: Watch) -> None:
    delays = SignInDelays(watch)
    fail(delays, FREE_FAILURES + 1, account="MOM")
    assert delays.wait("mom", "192.0.2.9") > 0


def test_success_forgets_the_failures(watch: Watch) -> None:
    delays = SignInDelays(watch)
    fail(delays, FREE_FAILURES)
    delays.succeeded("mom", "192.0.2.1")
    assert fail(delays, FREE_FAILURES) == 0


def test_nobody_elsewhere_can_lock_out_who_signed_in_from_here_before(watch: Watch) -> None:
    delays = SignInDelays(watch)
    delays.succeeded("mom", "192.0.2.1")
    fail(delays, 20, address="198.51.100.66")
    assert delays.wait("mom", "198.51.100.66") > 0
    assert delays.wait("mom", "192.0.2.1") == 0


def test_a_known_address_is_slowed_down_by_its_own_failures(watch: Watch) -> None:
    delays = SignInDelays(watch)
    delays.succeeded("mom", "192.0.2.1")
    assert fail(delays, FREE_FAILURES + 1) == 1


def test_an_hour_without_failure_forgets_them(watch: Watch) -> None:
    delays = SignInDelays(watch)
    fail(delays, 10)
    watch.at += 3601
    assert delays.failed("mom", "192.0.2.1") == 0


def test_memory_is_bounded(watch: Watch) -> None:
    delays = SignInDelays(watch)
    for number in range(REMEMBERED + 50):
        delays.failed(f"name{number}", "192.0.2.1")
        delays.succeeded(f"name{number}", "198.51.100.1")
    assert len(delays._failures) <= REMEMBERED
    assert len(delays._known) <= REMEMBERED
