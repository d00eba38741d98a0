"""The database's threads beside the life of the process."""

import subprocess
import sys

BEGIN = "from mom.store.threads import Crew; Crew(None, 'begun', 2).start()"


def test_a_process_ends_although_its_threads_were_not_stopped() -> None:
    ended = subprocess.run([sys.executable, "-c", BEGIN], timeout=40, check=False)
    assert ended.returncode == 0
