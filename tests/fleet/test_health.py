import pytest

from mom.axi.session import HealthEntry
from mom.fleet.health import Findings, merged, rolled_up
from mom.model.omm import Severity


def entry(component: str, severity: str, reason: str = "", code: str = "") -> HealthEntry:
    return HealthEntry(component, severity, reason, code)


def test_nothing_found_is_in_order() -> None:
    assert rolled_up(Findings(), 60.0) == (Severity.OK, ())


@pytest.mark.feature("F200")
def test_the_worst_component_counts_and_each_has_its_reason() -> None:
    entries = (
        entry("rfp", "Warning", "Branding mismatch"),
        entry("license", "Error", "No license", "4"),
        entry("sync", "OK"),
        entry("ima", "Idle"),
    )
    severity, reasons = rolled_up(Findings(entries=entries), 60.0)
    assert severity is Severity.ERROR
    assert reasons == ("license: No license", "base stations: Branding mismatch")


@pytest.mark.parametrize(("code", "text"), [("Split cluster", "Split cluster"), ("5", "Error")])
def test_a_missing_reason_is_taken_from_the_code_if_that_is_text(code: str, text: str) -> None:
    _, reasons = rolled_up(Findings(entries=(entry("sync", "Error", "", code),)), 60.0)
    assert reasons == (f"DECT synchronisation: {text}",)


def test_components_and_severities_of_newer_releases_are_shown_as_they_are() -> None:
    severity, reasons = rolled_up(Findings(entries=(entry("quantum", "Critical"),)), 60.0)
    assert (severity, reasons) == (Severity.WARNING, ("quantum: Critical",))


@pytest.mark.feature("F13")
@pytest.mark.parametrize(("offset", "warned"), [(60.0, False), (61.0, True), (-61.0, True)])
def test_a_clock_more_than_a_minute_off_is_warned_of(offset: float, warned: bool) -> None:
    severity, reasons = rolled_up(Findings(clock_offset=offset), 60.0)
    assert (severity is Severity.WARNING) is warned
    assert any("Different system times" in reason for reason in reasons) is warned


def test_notes_of_mom_are_warnings() -> None:
    assert rolled_up(Findings(notes=("not available",)), 60.0) == (
        Severity.WARNING,
        ("not available",),
    )


def test_records_that_wait_for_a_decision_are_an_error() -> None:
    assert rolled_up(Findings(notes=("not available",), missing=5), 60.0) == (
        Severity.ERROR,
        ("5 records missing: restore or accept?", "not available"),
    )


def test_an_event_replaces_what_was_known_of_its_component() -> None:
    known = (entry("rfp", "OK"), entry("sync", "Error"))
    assert merged(known, (entry("sync", "OK"),)) == (entry("rfp", "OK"), entry("sync", "OK"))


def test_components_that_are_told_without_end_are_not_kept_without_end() -> None:
    known: tuple[HealthEntry, ...] = ()
    for number in range(500):
        known = merged(known, (entry(f"c{number}", "OK"),))
    assert len(known) == 100
    assert known[-1].component == "c499"
