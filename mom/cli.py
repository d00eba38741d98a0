"""The command line: `mom init`, `check-config`, `license`, `omm`, `settings`, `token`, `status` ...

Turns arguments into an order, has it carried out by the service if one runs and on the database
itself if none does, and prints the outcome. What an order does is the duty of `mom.commands`.
"""

import argparse
import contextlib
import datetime
import getpass
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import react

from mom.admin.licence_file import MAX_BYTES
from mom.commands import Commands
from mom.config import Config, ConfigError, config_file, load
from mom.control import ControlError, Order, Outcome, send_order
from mom.inspection import inspect
from mom.installation import set_up
from mom.lock import Locked, LockError, StateLock
from mom.model.setting import Settings
from mom.office import NotInitialised, installed_version, not_set_up, open_office, own_hosts
from mom.printing import licence_text, omm_table, status_text, token_table
from mom.store.errors import StoreError, VaultError
from mom.web.certificates import CertificateError

SECONDS_OF_A_DAY = 86400
SECONDS_TO_ANSWER = 10.0
"""How long a service that has the lock may take until its control socket is there."""

PASSWORD_HELP = "- = ask for it, or read it from standard input; a TEXT is seen in the process list"

Refusals = (
    ConfigError,
    ControlError,
    LockError,
    NotInitialised,
    StoreError,
    VaultError,
    CertificateError,
    OSError,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 refused, 2 not understood.

    A reader that wanted no more of the answer (`mom status | head -1`) changes nothing.
    """
    os.umask(0o027)
    code = 0
    try:
        code = _run_command(_parser().parse_args(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python writes what is left when it ends, and must find somebody who takes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _run_command(given: argparse.Namespace) -> int:
    try:
        return int(given.run(given, load(config_file(given.config, os.environ))))
    except BrokenPipeError:
        raise
    except Refusals as refusal:
        return _complain(_in_words(refusal))
    except (EOFError, KeyboardInterrupt):
        print(file=sys.stderr)
        return _complain("stopped")


def _complain(text: str, code: int = 1) -> int:
    """Say why a command was not carried out; returns its exit code."""
    with contextlib.suppress(BrokenPipeError):
        print(f"mom: {text}", file=sys.stderr)
    return code


def _in_words(refusal: Exception) -> str:
    if isinstance(refusal, OSError) and refusal.filename and refusal.strerror:
        return f"{refusal.filename}: {refusal.strerror}"
    return str(refusal)


def _parser() -> argparse.ArgumentParser:
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--config",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="the configuration (else the one named by MOM_CONFIG, else /etc/mom/mom.toml)",
    )
    parser = argparse.ArgumentParser(prog="mom", description="Multi-OMM Manager")
    parser.add_argument("--config", metavar="FILE", help=argparse.SUPPRESS)
    parser.add_argument("--version", action="version", version=f"MOM {installed_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(where: Any, name: str, run: Callable[..., int], about: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = where.add_parser(
            name, parents=[everywhere], help=about, description=about
        )
        command.set_defaults(run=run)
        return command

    add(commands, "init", _init, "make state folder, keys, database and default account")
    add(commands, "check-config", _check_config, "say what is wrong with the configuration")
    status = add(commands, "status", _status, "show counts, health and the OMMs")
    status.add_argument("--json", action="store_true", help="as JSON")
    passwd = add(commands, "passwd", _passwd, "give an account a new password")
    passwd.add_argument("name", nargs="?", default="mom", help="the account (mom)")
    passwd.add_argument("--password", metavar="TEXT", help=PASSWORD_HELP)
    settings = add(commands, "settings", _settings, "show or change settings of the system")
    settings.add_argument("change", nargs="*", metavar="NAME=VALUE")
    _add_omm(commands.add_parser("omm", help="OMM records").add_subparsers(required=True), add)
    _add_license(
        commands.add_parser("license", help="licence files").add_subparsers(required=True), add
    )
    _add_token(
        commands.add_parser("token", help="tokens of scripts").add_subparsers(required=True), add
    )
    return parser


def _add_token(where: Any, add: Callable[..., argparse.ArgumentParser]) -> None:
    listing = add(where, "list", _token_list, "show all tokens")
    listing.add_argument("--json", action="store_true", help="as JSON")
    new = add(where, "create", _token_create, "make a token and show it, once")
    new.add_argument("name", help="what it is for")
    new.add_argument("--account", default="mom", help="whose rights it has (mom)")
    new.add_argument("--write", action="store_true", help="it may change things")
    new.add_argument("--days", type=int, metavar="N", help="it expires after so many days (never)")
    gone = add(where, "revoke", _token_revoke, "take a token back")
    gone.add_argument("number", type=int)


def _add_omm(where: Any, add: Callable[..., argparse.ArgumentParser]) -> None:
    listing = add(where, "list", _omm_list, "show all OMMs")
    listing.add_argument("--json", action="store_true", help="as JSON")
    new = add(where, "add", _omm_add, "create an OMM record")
    new.add_argument("--name", required=True)
    new.add_argument("--omm1", required=True, metavar="ADDRESS")
    new.add_argument("--omm2", metavar="ADDRESS", help="the standby")
    new.add_argument("--port", type=int, help="AXI port (12622)")
    new.add_argument("--username", help="account on the OMM")
    new.add_argument("--password", metavar="TEXT", help=PASSWORD_HELP)
    new.add_argument("--description")
    new.add_argument("--disabled", action="store_true", help="do not connect yet")


def _add_license(where: Any, add: Callable[..., argparse.ArgumentParser]) -> None:
    issue = add(where, "issue", _license_issue, "make a licence file")
    issue.add_argument("--sari", required=True, help="10 hexadecimal digits")
    issue.add_argument("--customer", required=True, metavar="NAME")
    issue.add_argument("--out", required=True, metavar="FILE")
    issue.add_argument("--country", default="-")
    issue.add_argument("--version", help="newest covered software as MAJOR.MINOR (this one)")
    issue.add_argument("--installation", metavar="ID", help="for another installation")
    issue.add_argument("--sites", type=int, help="most OMMs (no limit)")
    issue.add_argument("--users", type=int, help="most users (no limit)")
    taken = add(where, "import", _license_import, "take in a licence file")
    taken.add_argument("file", metavar="FILE")
    taken.add_argument("--confirm", action="store_true", help="accept another SARI")


def _init(given: argparse.Namespace, config: Config) -> int:
    made = set_up(config, own_hosts(), datetime.datetime.now(datetime.UTC))
    order_outcome = _carry_out(config, Order("status"))
    if order_outcome.error:
        return _refused(order_outcome)
    for line in made:
        print(line)
    print(f"MOM is set up in {config.paths.state}")
    return 0


def _check_config(given: argparse.Namespace, config: Config) -> int:
    found = inspect(config)
    for text in found:
        _complain(f"{config.file}: {text}")
    if found:
        return 1
    print(f"{config.file} is in order")
    return 0


def _status(given: argparse.Namespace, config: Config) -> int:
    return _shown(_carry_out(config, Order("status")), given.json, _wide(status_text))


def _omm_list(given: argparse.Namespace, config: Config) -> int:
    return _shown(_carry_out(config, Order("omm.list")), given.json, _wide(omm_table))


def _omm_add(given: argparse.Namespace, config: Config) -> int:
    names = ("name", "omm1", "omm2", "port", "username", "description")
    fields = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    if given.password is not None:
        fields["password"] = _secret(given.password)
    if bool(given.username) != bool(fields.get("password")):
        return _complain("--username and --password: both are expected, or neither", 2)
    if not given.username:
        _complain("without --username and --password the OMM will refuse MOM")
    if given.disabled:
        fields["enabled"] = False
    outcome = _carry_out(config, Order("omm.add", fields))
    return _shown(outcome, False, lambda omm: f"OMM {omm['id']:04d} {omm['name']} was created")


def _license_issue(given: argparse.Namespace, config: Config) -> int:
    names = ("sari", "customer", "country", "version", "installation", "sites", "users")
    outcome = _carry_out(
        config, Order("license.issue", {name: getattr(given, name) for name in names})
    )
    if outcome.error:
        return _refused(outcome)
    Path(given.out).write_text(outcome.result, "utf-8")
    print(f"{given.out} was written")
    return 0


def _license_import(given: argparse.Namespace, config: Config) -> int:
    with Path(given.file).open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        return _complain(f"{given.file} is too long for a licence file")
    text = content.decode("utf-8", "replace")
    order = Order("license.import", {"file": text, "confirm": given.confirm})
    return _shown(_carry_out(config, order), False, licence_text)


def _settings(given: argparse.Namespace, config: Config) -> int:
    changes = {}
    for change in given.change:
        name, equals, text = change.partition("=")
        if not equals:
            return _complain(f"{change}: NAME=VALUE is expected", 2)
        changes[name] = _value(name, text)
    return _shown(_carry_out(config, Order("settings", changes)), True, str)


def _value(name: str, text: str) -> object:
    """The text of a setting that is a text, else a number, `true` or `false` as JSON has them."""
    kinds = {field.encode_name: field.default for field in msgspec.structs.fields(Settings)}
    if isinstance(kinds.get(name), str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _passwd(given: argparse.Namespace, config: Config) -> int:
    if given.password is None:
        password = getpass.getpass(f"New password of {given.name}: ")
        if getpass.getpass("Again: ") != password:
            return _complain("the two differ")
    else:
        password = _secret(given.password)
    outcome = _carry_out(config, Order("passwd", {"name": given.name, "password": password}))
    return _shown(outcome, False, lambda _: f"{given.name} has a new password")


def _token_list(given: argparse.Namespace, config: Config) -> int:
    return _shown(_carry_out(config, Order("token.list")), given.json, token_table)


def _token_create(given: argparse.Namespace, config: Config) -> int:
    if given.days is not None and given.days < 1:
        return _complain("--days: a number from 1 is expected", 2)
    expires = int(time.time()) + given.days * SECONDS_OF_A_DAY if given.days else 0
    wish = {"name": given.name, "account": given.account, "write": given.write}
    outcome = _carry_out(config, Order("token.create", {**wish, "expires": expires}))
    if outcome.error:
        return _refused(outcome)
    print(f"token {outcome.result['id']}; it is shown this once:", file=sys.stderr)
    print(outcome.result["token"])
    return 0


def _token_revoke(given: argparse.Namespace, config: Config) -> int:
    outcome = _carry_out(config, Order("token.revoke", {"number": given.number}))
    return _shown(outcome, False, lambda _: f"token {given.number} is revoked")


def _secret(given: str) -> str:
    """A password as given; `-` asks for it unseen, or reads a line where nobody types."""
    if given != "-":
        return given
    return getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _shown(outcome: Outcome, as_json: bool, text: Callable[[Any], str]) -> int:
    if outcome.error:
        return _refused(outcome)
    print(json.dumps(outcome.result, indent=2) if as_json else text(outcome.result))
    return 0


def _wide(text: Callable[..., str]) -> Callable[[Any], str]:
    """The text for a screen, or whole where none is written to."""
    return partial(text, whole=not sys.stdout.isatty())


def _refused(outcome: Outcome) -> int:
    return _complain(outcome.error)


def _carry_out(config: Config, order: Order) -> Outcome:
    """Let the running service do it, or do it here while none runs."""
    if not config.paths.state.is_dir():
        raise NotInitialised(not_set_up(config))
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    lock = StateLock(config.paths.lock)
    while True:
        try:
            lock.take()
        except Locked:
            try:
                return send_order(config.paths.control, order)
            except ControlError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)
            continue
        try:
            return _carry_out_here(config, order)
        finally:
            lock.release()


def _carry_out_here(config: Config, order: Order) -> Outcome:
    """Open the office, carry the order out, and close it again."""
    outcomes: list[Outcome] = []
    refusals: list[Exception] = []

    async def work(reactor: Any) -> None:
        try:
            office = await open_office(config, reactor, time.time)
        except Refusals as refusal:
            refusals.append(refusal)
            return
        try:
            outcomes.append(await Commands(office, os.urandom).execute(order))
        finally:
            await office.close()

    _run(work)
    if refusals:
        raise refusals[0]
    return outcomes[0]


def _run(work: Callable[[Any], Awaitable[None]]) -> None:
    """Run the reactor for as long as the work takes."""

    def begin(reactor: Any) -> Deferred[None]:
        return ensureDeferred(work(reactor))  # type: ignore[arg-type]

    try:
        react(begin)
    except SystemExit as end:
        if end.code:
            raise


if __name__ == "__main__":
    sys.exit(main())
