"""One run at full size: 500 OMMs, 50,000 users and 50,000 phones in two real processes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred

from tests.system.processes import Mom, Program, free_port

OMMS = 500
EACH = 100
MOST_MEMORY_KIB = 1024 * 1024
"""An eighth of what the guide asks of the machine; the figure itself is in docs/performance.md."""


@pytest.mark.system
@pytest.mark.feature("F1", "F2", "F115")
@ensureDeferred
async def test_500_omms_with_50000_users_and_phones_are_imported_and_stay(
    mom: Mom, fleet: Callable[..., Program]
) -> None:
    port = free_port(OMMS)
    fleet(port, omms=OMMS, users=EACH, devices=EACH)
    await mom.do("init")
    await mom.start()
    for number in range(OMMS):
        await mom.order(
            "omm.add",
            name=f"Site {number + 1}",
            omm1="127.0.0.1",
            port=port + number,
            username="omm",
            password="omm",
        )
    status = await mom.until_connected(OMMS, seconds=200)
    assert (status["users"], status["devices"]) == (OMMS * EACH, OMMS * EACH)
    assert all((omm["nUsers"], omm["nDevs"]) == (EACH, EACH) for omm in status["omms"])
    assert _peak_memory(mom.service) < MOST_MEMORY_KIB


def _peak_memory(program: Program) -> int:
    """The most resident memory so far, in KiB."""
    lines = Path(f"/proc/{program.process.pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
