"""The real service and the simulated fleet, in processes of their own, over real TLS."""

import json
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from mom.office import installed_version
from tests.system.browser import Browser
from tests.system.processes import SARI, Mom, Program, free_port, until

pytestmark = pytest.mark.system

OMMS, USERS = 3, 10
VERSION = installed_version()
PASSWORD = "Wv7.blurGh"


async def signed_in(mom: Mom, password: str = PASSWORD) -> Browser:
    browser = Browser(mom.port, mom.folder / "state" / "tls" / "https.crt")
    await browser.sign_in("mom", password)
    return browser


async def set_up(mom: Mom) -> None:
    await mom.do("init")
    await mom.do("passwd", "--password", PASSWORD)
    license_file = str(mom.folder / "license.xml")
    await mom.do("license", "issue", "--sari", SARI, "--customer", "Test", "--out", license_file)
    await mom.do("license", "import", license_file)


async def add_omms(mom: Mom, port: int) -> None:
    for number in range(OMMS):
        access = {"omm1": "127.0.0.1", "username": "omm", "password": "omm"}
        await mom.order("omm.add", name=f"Site {number}", port=port + number, **access)


async def shown(mom: Mom) -> dict[str, Any]:
    return dict(json.loads(await mom.do("status", "--json")))


@pytest.mark.feature("F1", "F5", "F90", "F91", "F102", "F117", "F122", "F156", "F157", "F158")
@ensureDeferred
async def test_from_nothing_to_a_connected_fleet_by_the_api(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    port = free_port(OMMS)
    fleet(port, omms=OMMS, users=USERS, devices=USERS)
    await mom.do("init")
    await mom.start()
    browser = Browser(mom.port, mom.folder / "state" / "tls" / "https.crt")
    await browser.ask("GET", "/api/v1/status", expect=401)
    session = await browser.sign_in("mom", "mom")
    assert session["mustChangePassword"]
    await browser.ask("GET", "/api/v1/omms", expect=403)
    eula = await browser.ask("GET", "/api/v1/eula")
    await browser.ask("POST", "/api/v1/eula", {"version": eula["version"]})
    await browser.ask("PUT", "/api/v1/session/password", {"old": "mom", "new": PASSWORD})
    for number in range(OMMS):
        record = {"name": f"Site {number}", "omm1": "127.0.0.1", "port": port + number}
        await browser.ask(
            "POST", "/api/v1/omms", {**record, "username": "omm", "password": "omm"}, expect=201
        )
    status = await mom.until_connected(OMMS)
    assert status["users"] == OMMS * USERS
    assert status["devices"] == OMMS * USERS
    listed = await browser.ask("GET", "/api/v1/omms")
    assert [omm["nUsers"] for omm in listed["items"]] == [USERS] * OMMS
    for view in ("users", "devices", "pairs"):
        page = await browser.ask("GET", f"/api/v1/{view}", limit="5")
        assert (len(page["items"]), page["total"]) == (5, OMMS * USERS)


@ensureDeferred
async def test_a_restart_finds_everything_again(mom: Mom, fleet: Callable[..., Program]) -> None:
    port = free_port(OMMS)
    fleet(port, omms=OMMS, users=USERS, devices=USERS)
    await mom.do("init")
    await mom.start()
    await add_omms(mom, port)
    before = await mom.until_connected(OMMS)
    began = time.monotonic()
    assert mom.service.end() == -signal.SIGTERM
    assert time.monotonic() - began < 10
    assert "MOM has stopped" in mom.service.text()
    assert (await shown(mom))["states"] == {"stopped": OMMS}
    await mom.start()
    after = await mom.until_connected(OMMS)
    assert (after["users"], after["devices"]) == (before["users"], before["devices"])


@pytest.mark.feature("F2")
@ensureDeferred
async def test_users_beyond_the_licence_come_in_when_it_allows_more(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    port, most = free_port(OMMS), 2 * USERS
    fleet(port, omms=OMMS, users=USERS, devices=USERS)
    await mom.do("init")
    await mom.do("passwd", "--password", PASSWORD)
    for file, users in (("small.xml", most), ("large.xml", 3 * most)):
        more = ("--users", str(users), "--installation", "1", "--out", str(mom.folder / file))
        await mom.do("license", "issue", "--sari", SARI, "--customer", "Test", *more)
    await mom.do("license", "import", str(mom.folder / "small.xml"))
    await mom.start()
    await add_omms(mom, port)
    status = await mom.until_connected(OMMS)
    assert (status["users"], status["devices"]) == (most, most)
    browser = await signed_in(mom)
    eula = await browser.ask("GET", "/api/v1/eula")
    await browser.ask("POST", "/api/v1/eula", {"version": eula["version"]})

    async def licence() -> Any:
        health = await browser.ask("GET", "/api/v1/health")
        return next(each for each in health["components"] if each["name"] == "License")

    async def warned() -> bool:
        return bool((await licence())["severity"] == "warning")

    await until(warned, 60)
    assert f"The licence allows {most} users; more are on OMM" in (await licence())["reason"]
    events = (await browser.ask("GET", "/api/v1/events"))["items"]
    assert [e["count"] for e in events if "has beyond stays there" in e["text"]]
    await mom.do("license", "import", str(mom.folder / "large.xml"))

    async def all_in() -> bool:
        status = await mom.order("status")
        return bool(status["users"] == status["devices"] == OMMS * USERS)

    async def well() -> bool:
        return bool((await licence())["severity"] == "OK")

    await until(all_in, 60)
    await until(well, 60)


@ensureDeferred
async def test_a_second_stop_signal_while_it_stops_changes_nothing(mom: Mom) -> None:
    await mom.do("init")
    await mom.start()
    mom.service.process.send_signal(signal.SIGTERM)
    mom.service.process.send_signal(signal.SIGINT)
    assert mom.service.end() in (-signal.SIGTERM, -signal.SIGINT)
    assert "Traceback" not in mom.service.text()


@ensureDeferred
async def test_on_postgresql_a_restart_finds_everything_again(
    mom: Mom, fleet: Callable[..., Program], postgresql: str
) -> None:
    port = free_port(OMMS)
    fleet(port, omms=OMMS, users=USERS, devices=USERS)
    mom.configure("database", url=postgresql)
    await mom.do("init")
    await mom.start()
    await add_omms(mom, port)
    before = await mom.until_connected(OMMS)
    mom.service.end()
    await mom.start()
    after = await mom.until_connected(OMMS)
    assert (after["users"], after["devices"]) == (before["users"], before["devices"])
    assert not (mom.folder / "state" / "mom.db").exists()
    mom.service.end()


@ensureDeferred
async def test_killed_while_it_reads_it_starts_again_without_repair(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    port = free_port(OMMS)
    fleet(port, omms=OMMS, users=200, devices=200)
    await mom.do("init")
    await mom.start()
    await add_omms(mom, port)
    for _ in range(3):
        mom.service.end(signal.SIGKILL)
        await mom.start()
    mom.service.end(signal.SIGKILL)
    await mom.start()
    status = await mom.until_connected(OMMS)
    assert (status["users"], status["devices"]) == (OMMS * 200, OMMS * 200)
    assert "Traceback" not in mom.service.text()


@ensureDeferred
async def test_commands_work_whether_the_service_runs_or_not(mom: Mom) -> None:
    await set_up(mom)
    assert json.loads(await mom.do("settings", "systemName=Before"))["systemName"] == "Before"
    await mom.start()
    assert (await shown(mom))["systemName"] == "Before"
    await mom.do("settings", "systemName=During")
    await mom.do("omm", "add", "--name", "A", "--omm1", "127.0.0.1", "--disabled")
    assert (await shown(mom))["states"] == {"disabled": 1}
    code, _, error = await mom.run("omm", "add", "--name", "A", "--omm1", "not an address")
    assert (code, "omm1" in error) == (1, True)
    mom.service.end()
    status = await shown(mom)
    assert (status["running"], status["systemName"]) == (False, "During")
    assert status["sari"] == SARI


@ensureDeferred
async def test_set_up_twice_changes_nothing(mom: Mom) -> None:
    first = await mom.do("init")
    key = (mom.folder / "state" / "vault.key").read_bytes()
    assert "made the folder" in first
    assert await mom.do("init") == f"MOM is set up in {mom.folder / 'state'}\n"
    assert (mom.folder / "state" / "vault.key").read_bytes() == key


@ensureDeferred
async def test_a_second_service_refuses_to_start(mom: Mom, programs: list[Program]) -> None:
    await mom.do("init")
    await mom.start()
    arguments = ("twistd", "-n", "--pidfile=", "mom", "--config", str(mom.config))
    second = Program(arguments, mom.folder, "second.log")
    second.start()
    programs.append(second)
    assert second.process.wait(20) == 1
    assert "the lock did not start" in second.text()
    assert (await shown(mom))["running"]


@ensureDeferred
async def test_a_service_that_was_never_set_up_says_what_to_do(mom: Mom) -> None:
    mom.service.start()
    assert mom.service.process.wait(20) == 1
    assert f"run: mom init --config {mom.config}" in mom.service.text()


@ensureDeferred
async def test_a_port_in_use_ends_the_start_with_a_sentence(mom: Mom) -> None:
    await mom.do("init")
    with socket.create_server(("127.0.0.1", mom.port)):
        mom.service.start()
        assert mom.service.process.wait(20) == 1
    assert "the web server did not start" in mom.service.text()
    assert f"another program has port {mom.port}" in mom.service.text()
    assert not (await shown(mom))["running"]


@ensureDeferred
async def test_a_mistake_in_the_configuration_is_told_with_its_line(mom: Mom) -> None:
    mom.config.write_text('[log]\nlevel = "info"\ncolour = "red"\n')
    code, _, error = await mom.run("check-config")
    assert code == 1
    assert "line 3: unknown key colour in [log]" in error
    mom.service.start()
    assert mom.service.process.wait(20) == 1
    assert "line 3: unknown key colour in [log]" in mom.service.text()


@ensureDeferred
async def test_the_log_tells_a_life_in_plain_lines(mom: Mom, fleet: Callable[..., Program]) -> None:
    port = free_port(OMMS)
    omms = fleet(port, omms=OMMS, users=USERS, devices=USERS)
    await mom.do("init")
    await mom.start()
    await add_omms(mom, port)
    await mom.order("omm.add", name="Wrong", omm1="127.0.0.1", port=port, password="no")
    wrong = "OMM Wrong: not connected: wrong user name or password"
    await until(_written(mom, wrong, *(f"OMM Site {n}: connected" for n in range(OMMS))), 60)
    omms.end()
    await until(_written(mom, *(f"OMM Site {n}: not connected: " for n in range(OMMS))), 60)
    mom.service.end()
    trace = next((mom.folder / "log").glob("mom_trace_*.log")).read_text()
    assert trace == mom.service.text()
    for line in (
        f"info [mom] MOM {VERSION} is starting; its configuration is {mom.config}",
        f"info [mom.web] listening on 127.0.0.1, port {mom.port} for HTTPS",
        f"info [mom] MOM {VERSION} is ready",
        *(f"info [mom.fleet] OMM Site {number}: connected" for number in range(OMMS)),
        "info [mom] MOM is stopping",
        "info [mom] MOM has stopped",
    ):
        assert f" {line}\n" in trace
    for inside in ("Starting factory", "LimitedSite", "log_legacy", "twisted", "Traceback"):
        assert inside not in trace


def _written(mom: Mom, *texts: str) -> Callable[[], Any]:
    async def written() -> bool:
        return all(text in mom.service.text() for text in texts)

    return written


@pytest.mark.feature("F197")
@ensureDeferred
async def test_a_hang_up_changes_the_log_level_while_it_runs(mom: Mom) -> None:
    await mom.do("init")
    mom.configure("log", level="error")
    await mom.start()
    trace = next((mom.folder / "log").glob("mom_trace_*.log"), None)
    assert trace is None
    mom.config.write_text(mom.config.read_text().replace('"error"', '"info"'))
    mom.service.process.send_signal(signal.SIGHUP)
    await mom.do("settings", "systemName=Other")
    mom.service.end()
    (trace,) = (mom.folder / "log").glob("mom_trace_*.log")
    assert "were read again" in trace.read_text()


def test_twistd_knows_both_services_without_importing_them(tmp_path: Path) -> None:
    twistd = Program(("twistd", "--help"), tmp_path, "help.log")
    twistd.start()
    assert twistd.end(signal.SIGCONT) == 0
    assert "Multi-OMM Manager" in twistd.text()
    assert "simulated fleet" in twistd.text()
