from typing import Any

from mom.printing import licence_text, omm_table, status_text, table, token_table


def omm(**other: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "name": "Harbour",
        "omm1": "192.0.2.7",
        "state": "connected",
        "nUsers": 100,
        "nDevs": 90,
        "health": "OK",
        "reason": "",
        "healthReasons": [],
        "done": 0,
        "total": 0,
        **other,
    }


def status(**other: Any) -> dict[str, Any]:
    return {
        "running": True,
        "version": "1.2.3",
        "systemName": "MOM",
        "sari": "1F1028D085",
        "users": 5,
        "devices": 4,
        "activity": None,
        "states": {"waiting": 1, "connected": 2},
        "health": [{"name": "Time", "severity": "OK", "reason": ""}],
        "omms": [],
        **other,
    }


def test_columns_are_as_wide_as_their_longest_text() -> None:
    assert table(["A", "Long"], [["abc", 1]]) == "A    Long\nabc  1"


def test_a_text_that_is_too_long_is_cut_with_a_mark() -> None:
    assert table(["A"], [["x" * 50]]).endswith("x" * 39 + "…")


def test_readers_that_are_no_screen_get_the_whole_text() -> None:
    assert table(["A"], [["x" * 50]], whole=True).endswith("x" * 50)
    away = omm(state="waiting", reason="no connection: " + "x" * 50)
    assert away["reason"] in status_text(status(omms=[away]), whole=True)


def test_an_omm_is_one_line_with_its_number_in_four_digits() -> None:
    head, line = omm_table([omm()]).splitlines()
    assert head.split()[:4] == ["OMM", "Name", "Address", "State"]
    assert line.split() == ["0007", "Harbour", "192.0.2.7", "connected", "100", "90", "OK"]


def test_a_reading_shows_how_far_it_is() -> None:
    assert "synchronising 20/200" in omm_table([omm(state="synchronising", done=20, total=200)])


def test_an_omm_that_is_connected_and_not_well_says_why() -> None:
    missing = "40 records missing: restore or accept?"
    line = omm_table([omm(health="error", healthReasons=[missing])]).splitlines()[1]
    assert line.endswith(f"error   {missing}")


def test_no_omms_are_said_so() -> None:
    assert omm_table([]) == "There are no OMMs"


def test_the_status_counts_users_devices_and_omms_by_state() -> None:
    lines = status_text(status()).splitlines()
    assert lines[0] == "MOM 1.2.3 “MOM” is running"
    assert lines[1] == "SARI: 1F1028D085"
    assert lines[2] == "Users: 5   Devices: 4   OMMs: 2 connected, 1 waiting"


def test_the_status_counts_moves_and_messages() -> None:
    messages = {"openMessages": 3, "results": {"Delivered": 12, "Busy": 2, "Unknown": 1}}
    roams = {"running": 1, "done": 7, "failed": 2}
    text = status_text(status(activity={"messages": messages, "roams": roams}))
    assert "Roams: 1 now, 7 done and 2 failed today" in text
    assert "3 under way, 12 delivered, 3 not delivered" in text


def test_the_status_names_what_is_not_well_and_only_that() -> None:
    trouble = {"name": "License", "severity": "error", "reason": "No license available"}
    text = status_text(status(sari="", running=False, health=[*status()["health"], trouble]))
    assert "error: License: No license available" in text
    assert "Time" not in text
    assert "not running" in text
    assert "no licence was imported" in text


def test_tokens_are_shown_with_their_rights_and_dates() -> None:
    token = {"id": 3, "name": "backup", "account": "mom", "write": True}
    text = token_table([{**token, "created": 1_700_000_000, "expires": 0, "lastUsed": 86400}])
    assert text.splitlines()[1].split() == [
        *("3", "backup", "mom", "read,", "write", "2023-11-14", "never", "1970-01-02")
    ]
    assert token_table([]) == "There are no tokens"


def test_a_licence_that_is_too_small_says_so_when_it_is_taken_in() -> None:
    taken = {"sari": "1F1028D085", "warning": ""}
    assert licence_text(taken) == "The licence is in force; SARI 1F1028D085"
    small = {**taken, "warning": "There are 119 users, the licence allows 50"}
    assert licence_text(small).endswith("\nWarning: There are 119 users, the licence allows 50")
