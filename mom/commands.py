"""What commands do: each takes arguments as JSON has them and returns what JSON can hold.

They run in the service, or by themselves on an opened office while no service runs; the difference
is only that nobody knows the state of the connections then. Knows no command line.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from twisted.logger import Logger

from mom.admin.errors import AdminError, ConfirmationNeeded, FieldErrors, NotFound
from mom.admin.issuers import IssuerKeyError, IssuerKeys, own_issuer
from mom.admin.licence_file import (
    LicenceFileError,
    issue,
    new_installation_id,
    new_system_license,
)
from mom.admin.tokens import OPERATOR, SECRET_BYTES, TokenWish
from mom.control import Order, Outcome
from mom.model.licence import Licence
from mom.model.omm import Omm, OmmStatus
from mom.model.token import Token, TokenId
from mom.office import Office
from mom.ports import Component, FleetPort, Reporter
from mom.store.errors import StoreError
from mom.store.query import Query
from mom.web.activity import Activity

BY = OPERATOR
"""Who did it, in the event log."""
STOPPED = "stopped"
"""The state of every OMM while no service runs."""

Handler = Callable[..., Awaitable[object]]


class Commands:
    """All commands by name. `fleet`, `health` and `activity` are `None` while no service runs."""

    _log = Logger()

    def __init__(
        self,
        office: Office,
        random_bytes: Callable[[int], bytes],
        fleet: FleetPort | None = None,
        health: Reporter | None = None,
        activity: Activity | None = None,
    ) -> None:
        self._office = office
        self._random_bytes = random_bytes
        self._fleet = fleet
        self._health = health
        self._activity = activity
        self._handlers: Mapping[str, Handler] = {
            "status": self.status,
            "omm.add": self.omm_add,
            "omm.list": self.omm_list,
            "license.issue": self.license_issue,
            "license.import": self.license_import,
            "settings": self.settings,
            "token.create": self.token_create,
            "token.list": self.token_list,
            "token.revoke": self.token_revoke,
            "passwd": self.passwd,
        }

    async def execute(self, order: Order) -> Outcome:
        """Carry out an order; a refusal is an outcome too, an unexpected failure is logged."""
        handler = self._handlers.get(order.command)
        if handler is None:
            return Outcome(error=f"there is no command {order.command}")
        try:
            return Outcome(result=await handler(**order.arguments))
        except FieldErrors as errors:
            return Outcome(error=str(errors), fields=dict(errors.fields))
        except ConfirmationNeeded as question:
            return Outcome(error=f"{question}. If that is meant, say --confirm")
        except (AdminError, LicenceFileError, IssuerKeyError, StoreError, OSError) as refusal:
            return Outcome(error=str(refusal))
        except Exception:  # noqa: BLE001 - whoever waits for the answer must get one
            self._log.failure("The command {name} failed", name=order.command)
            return Outcome(error="something went wrong in MOM; its log says what")

    async def status(self) -> dict[str, Any]:
        """Counts, licence, health and the state of every OMM."""
        omms = await self.omm_list()
        users, devices = await self._office.store.read(
            lambda reading: (
                reading.page("users", Query(limit=1)).total,
                reading.page("devices", Query(limit=1)).total,
            )
        )
        return {
            "running": self._fleet is not None,
            "version": self._office.version,
            "systemName": self._office.settings.current.system_name,
            "sari": self._office.licences.sari,
            "users": users,
            "devices": devices,
            "states": dict(Counter(omm["state"] for omm in omms)),
            "activity": msgspec.to_builtins(self._activity.view()) if self._activity else None,
            "health": [_component(each) for each in self._components()],
            "omms": omms,
        }

    async def omm_list(self) -> list[dict[str, Any]]:
        """All OMM records with the state of their connections, without passwords."""
        if self._fleet is not None:
            return [self._omm(omm) for omm in self._fleet.omms()]
        return [self._omm(omm) for omm in await self._office.omms.all()]

    async def omm_add(self, **fields: object) -> dict[str, Any]:
        """Create an OMM record from its fields by their names in the API."""
        return self._omm(await self._office.omms.create(fields, BY))

    async def license_issue(
        self,
        sari: str,
        customer: str,
        country: str = "-",
        version: str | None = None,
        installation: str | None = None,
        sites: int | None = None,
        users: int | None = None,
    ) -> str:
        """Issue a licence for this installation, or another; returns the text of its file.

        The first time, this installation becomes an issuer: a key pair is made in its state.
        """
        paths = self._office.config.paths
        key = own_issuer(paths.issuer_key)
        IssuerKeys(paths.own_issuer).add(key.public_key(), "this MOM")
        licence = Licence(
            installation_id=installation
            or self._office.licences.installation_id
            or new_installation_id(self._random_bytes),
            customer=customer,
            country=country,
            system_license=new_system_license(self._random_bytes),
            version=version or ".".join(self._office.version.split(".")[:2]),
            sari=sari.upper(),
            max_sites=sites,
            max_users=users,
        )
        return issue(licence, key).decode()

    async def license_import(self, file: str, confirm: bool = False) -> dict[str, Any]:
        """Take in a licence file, given as text; it is in force when this returns."""
        licences = self._office.licences
        licence = await licences.import_file(file.encode(), BY, confirmed=confirm)
        warning = await licences.warning()
        told = {"sari": licence.sari, "customer": licence.customer, "version": licence.version}
        return {**told, "warning": warning}

    async def settings(self, **changes: object) -> dict[str, Any]:
        """Change some settings by their names in the API; returns all."""
        if changes:
            await self._office.settings.change(changes, BY)
        settings: dict[str, Any] = msgspec.to_builtins(self._office.settings.current)
        return settings

    async def token_create(
        self, name: str, account: str, write: bool = False, expires: int = 0
    ) -> dict[str, Any]:
        """Make a token for the account of that name; the result holds its text in `token`."""
        found = [each for each in self._office.accounts.all() if each.name == account]
        if not found:
            raise NotFound(f"account {account}")
        wish = TokenWish(name=name, account=found[0].id, write=write, expires=expires)
        secret = self._random_bytes(SECRET_BYTES)
        text, token = await self._office.tokens.create(wish, None, secret)
        return {"id": token.id, "token": text}

    async def token_list(self) -> list[dict[str, Any]]:
        """All tokens, without what a script shows."""
        return [self._token(token) for token in self._office.tokens.visible(None)]

    async def token_revoke(self, number: int) -> None:
        """Revoke the token with that number."""
        await self._office.tokens.revoke(TokenId(number), None)

    async def passwd(self, name: str, password: str) -> None:
        """Give an account a new password, without the old one: for one that was forgotten."""
        await self._office.accounts.reset_password(name, password, BY)

    def _token(self, token: Token) -> dict[str, Any]:
        return {
            "id": token.id,
            "name": token.name,
            "account": self._office.accounts.get(token.account).name,
            "write": token.write,
            "created": token.created,
            "expires": token.expires,
            "lastUsed": token.last_used,
        }

    def _omm(self, omm: Omm) -> dict[str, Any]:
        status = self._fleet.status(omm.id) if self._fleet is not None else OmmStatus(id=omm.id)
        told: dict[str, Any] = msgspec.to_builtins(status)
        if self._fleet is None:
            told["state"] = STOPPED
        record = {
            "enabled": omm.enabled,
            "name": omm.name,
            "omm1": omm.omm1,
            "omm2": omm.omm2,
            "port": omm.port,
            "cloudId": omm.cloud_id,
            "ommVersion": omm.omm_version,
        }
        return {**told, **record}

    def _components(self) -> Sequence[Component]:
        return self._health.snapshot() if self._health is not None else ()


def _component(component: Component) -> dict[str, str]:
    return {
        "name": component.name,
        "severity": component.severity.value,
        "reason": component.reason,
    }
