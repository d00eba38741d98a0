from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import async_yield_fixture, ensureDeferred
from twisted.internet import reactor

from mom import config
from mom.commands import Commands
from mom.control import Order, Outcome
from mom.installation import set_up
from mom.model.identities import OmmId
from mom.model.omm import Omm, OmmState, OmmStatus, Severity
from mom.office import NotInitialised, Office, open_office
from mom.ports import Component
from tests.conftest import LoggedErrors
from tests.test_installation import NOW


class OneConnected:
    """A fleet in which OMM 1 is connected, and its health."""

    def status(self, omm: OmmId) -> OmmStatus:
        return OmmStatus(id=omm, state=OmmState.CONNECTED, n_users=3)

    def statuses(self) -> list[OmmStatus]:
        return [self.status(OmmId(1))]

    def omms(self) -> list[Omm]:
        return [Omm(id=OmmId(1), name="A", omm1="127.0.0.1")]

    def reconnect(self, omm: OmmId) -> None: ...

    async def update(self, omm: OmmId) -> None: ...

    def snapshot(self) -> list[Component]:
        return [Component("License", Severity.ERROR, "No license available")]


def configuration(folder: Path) -> config.Config:
    text = '[paths]\nstate = "s"\nlog = "l"\nresources = "r"\nomm_files = "o"\n'
    return config.parse(text, folder / "mom.toml")


@async_yield_fixture()
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    read = configuration(tmp_path)
    set_up(read, ["mom.test"], NOW)
    opened = await open_office(read, reactor, lambda: 1_700_000_000.0)
    yield opened
    await opened.close()


@pytest.fixture
def commands(office: Office) -> Commands:
    return Commands(office, bytes)


async def carry_out(commands: Commands, command: str, **arguments: Any) -> Outcome:
    return await commands.execute(Order(command, arguments))


@ensureDeferred
async def test_what_was_never_set_up_says_how(tmp_path: Path) -> None:
    with pytest.raises(NotInitialised, match=r"run: mom init --config .*mom\.toml"):
        await open_office(configuration(tmp_path), reactor, lambda: 0.0)


@ensureDeferred
async def test_a_new_omm_is_listed_as_stopped_while_no_service_runs(commands: Commands) -> None:
    added = await carry_out(commands, "omm.add", name="A", omm1="127.0.0.1", password="pw")
    listed = await carry_out(commands, "omm.list")
    assert listed.result == [added.result]
    assert added.result["state"] == "stopped"
    assert "pw" not in str(listed)


@ensureDeferred
async def test_a_wrong_field_is_named(commands: Commands) -> None:
    outcome = await carry_out(commands, "omm.add", name="A", omm1="127.0.0.1", port=0)
    assert set(outcome.fields) == {"port"}


@ensureDeferred
async def test_the_status_shows_what_the_fleet_tells(office: Office) -> None:
    fleet = OneConnected()
    commands = Commands(office, bytes, fleet, fleet)
    status = (await carry_out(commands, "status")).result
    assert status["running"] is True
    assert status["states"] == {"connected": 1}
    assert status["omms"][0]["nUsers"] == 3
    assert status["health"] == [
        {"name": "License", "severity": "error", "reason": "No license available"}
    ]


@ensureDeferred
async def test_an_operator_issues_and_imports_an_own_licence(commands: Commands) -> None:
    issued = await carry_out(commands, "license.issue", sari="1f1028d085", customer="ACME")
    imported = await carry_out(commands, "license.import", file=issued.result)
    assert imported.result["sari"] == "1F1028D085"
    assert (await carry_out(commands, "status")).result["sari"] == "1F1028D085"


@ensureDeferred
async def test_a_licence_smaller_than_the_system_is_taken_in_with_a_warning(
    commands: Commands,
) -> None:
    for name in ("A", "B"):
        await carry_out(commands, "omm.add", name=name, omm1="127.0.0.1", password="pw")
    issued = await carry_out(commands, "license.issue", sari="1F1028D085", customer="ACME", sites=1)
    imported = await carry_out(commands, "license.import", file=issued.result)
    assert imported.result["warning"] == "There are 2 sites, the licence allows 1"


@ensureDeferred
async def test_another_sari_needs_to_be_confirmed(commands: Commands) -> None:
    first = await carry_out(commands, "license.issue", sari="1F1028D085", customer="ACME")
    await carry_out(commands, "license.import", file=first.result)
    second = await carry_out(commands, "license.issue", sari="1F1028D67A", customer="ACME")
    refused = await carry_out(commands, "license.import", file=second.result)
    assert "say --confirm" in refused.error
    taken = await carry_out(commands, "license.import", file=second.result, confirm=True)
    assert taken.result["sari"] == "1F1028D67A"


@ensureDeferred
async def test_a_wrong_sari_is_refused(commands: Commands) -> None:
    outcome = await carry_out(commands, "license.issue", sari="12", customer="ACME")
    assert outcome.error
    assert outcome.result is None


@ensureDeferred
async def test_settings_are_changed_and_shown(commands: Commands) -> None:
    changed = await carry_out(commands, "settings", suppressTableUpdates="Off")
    assert changed.result["suppressTableUpdates"] == "Off"
    refused = await carry_out(commands, "settings", colour="red")
    assert set(refused.fields) == {"colour"}


@ensureDeferred
async def test_a_token_is_made_listed_and_revoked(office: Office, commands: Commands) -> None:
    made = (await carry_out(commands, "token.create", name="backup", account="mom")).result
    account, token = office.tokens.authenticate(made["token"], "127.0.0.1")
    assert (account.name, account.write, token.id) == ("mom", False, made["id"])
    (listed,) = (await carry_out(commands, "token.list")).result
    assert (listed["name"], listed["account"]) == ("backup", "mom")
    assert made["token"] not in str(listed)
    assert not (await carry_out(commands, "token.revoke", number=made["id"])).error
    assert (await carry_out(commands, "token.list")).result == []


@ensureDeferred
async def test_a_token_that_cannot_be_says_why(commands: Commands) -> None:
    unknown = await carry_out(commands, "token.create", name="backup", account="eve")
    assert unknown.error == "There is no account eve"
    assert (await carry_out(commands, "token.revoke", number=9)).error == "There is no token 9"


@ensureDeferred
async def test_a_forgotten_password_is_replaced(office: Office, commands: Commands) -> None:
    assert (await carry_out(commands, "passwd", name="mom", password="short")).error
    assert not (await carry_out(commands, "passwd", name="mom", password="Wv7.blurGh")).error
    account = await office.accounts.authenticate("mom", "Wv7.blurGh", "127.0.0.1")
    assert not account.must_change_password


@ensureDeferred
async def test_an_account_that_is_not_there_is_said_so(commands: Commands) -> None:
    outcome = await carry_out(commands, "passwd", name="eve", password="Wv7.blurGh")
    assert "eve" in outcome.error


@ensureDeferred
async def test_an_unknown_command_is_said_so(commands: Commands) -> None:
    assert (await carry_out(commands, "explode")).error == "there is no command explode"


@ensureDeferred
async def test_arguments_that_do_not_fit_are_an_error_in_the_log_and_an_answer(
    commands: Commands, logged_errors: LoggedErrors
) -> None:
    assert (await carry_out(commands, "status", loud=True)).error
    assert len(logged_errors.flush(TypeError)) == 1
