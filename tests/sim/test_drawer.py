from pathlib import Path

from mom.axi.secrets import PrivateKey
from mom.sim.drawer import Drawer
from mom.sim.snapshot import capture, restore

from .conftest import Bench, MakeBench
from .test_site import Ground


def test_a_snapshot_brings_everything_back(bench: Bench, make_bench: MakeBench) -> None:
    bench.state.rooms[3] = {"name": "A"}
    bench.state.settings["FACPrefix"]["prefix"] = "*9"
    bench.state.clock_offset = 7.0
    other = make_bench()
    restore(other.state, capture(bench.state))
    assert capture(other.state) == capture(bench.state)
    first = bench.state.users.first
    assert other.state.users.by_unique("40001") is other.state.users.get(first)


def test_what_is_kept_on_disk_is_private_and_comes_back(tmp_path: Path, bench: Bench) -> None:
    drawer = Drawer(tmp_path / "state")
    assert drawer.load(4) is None
    drawer.save(4, capture(bench.state))
    assert drawer.load(4) == capture(bench.state)
    (path,) = (tmp_path / "state").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_keys_are_kept(tmp_path: Path, vendor_key: PrivateKey) -> None:
    drawer = Drawer(tmp_path)
    assert drawer.key("vendor") is None
    drawer.save_key("vendor", vendor_key)
    kept = drawer.key("vendor")
    assert kept is not None
    assert kept.public == vendor_key.public


def test_a_fleet_goes_on_where_it_stopped(tmp_path: Path) -> None:
    ground = Ground(omms=1, drawer=Drawer(tmp_path))
    state = ground.site.omm.state
    client = ground.connect()
    client.open()
    deleted = state.users.first
    client.protocol.dataReceived(b'<DeletePPUser uid="%d"/>\0' % deleted)
    ground.fleet.stop()
    again = Ground(omms=1, drawer=Drawer(tmp_path))
    assert again.site.omm.state.users.find(deleted) is None
    assert again.fleet.key.public == ground.fleet.key.public
