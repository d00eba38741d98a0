from mom.fleet.options import Trust
from mom.fleet.trust import Verdict, judge, seen_certificate

MINE, OTHER = "ab" * 32, "cd" * 32


def test_the_first_certificate_at_an_address_is_new() -> None:
    assert judge(Trust.TOFU, {}, "a", MINE) is Verdict.NEW


def test_the_remembered_certificate_is_trusted_in_any_case() -> None:
    assert judge(Trust.TOFU, {"a": MINE.upper()}, "a", MINE) is Verdict.TRUSTED


def test_another_certificate_than_remembered_has_changed() -> None:
    assert judge(Trust.TOFU, {"a": MINE}, "a", OTHER) is Verdict.CHANGED


def test_each_address_has_its_own_certificate() -> None:
    assert judge(Trust.TOFU, {"a": MINE}, "b", OTHER) is Verdict.NEW


def test_other_policies_do_not_pin() -> None:
    assert judge(Trust.NONE, {"a": MINE}, "a", OTHER) is Verdict.TRUSTED
    assert judge(Trust.CA, {"a": MINE}, "a", OTHER) is Verdict.TRUSTED


def test_what_was_seen_holds_address_and_fingerprint() -> None:
    assert seen_certificate("10.0.0.1", MINE) == f"10.0.0.1 {MINE}"
