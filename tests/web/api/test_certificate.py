import datetime
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred

from mom.web.api.certificate import CertificateRoutes
from mom.web.certificates import Certificates, ensure_pair, make_self_signed
from tests.web.api.house import House

NOW = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)


@pytest.mark.feature("F91")
@ensureDeferred
async def test_an_own_certificate_is_put_in_and_its_key_never_shown(
    home: House, tmp_path: Path
) -> None:
    ensure_pair(tmp_path, ["mom.example"], NOW)
    certificates = Certificates(tmp_path)
    certificates.load()
    home.app.add([CertificateRoutes(certificates=certificates, recorder=home.events)])
    assert (await home.ask("GET", "/certificate")).json()["subject"] == "CN=mom.example"
    chain, key = (part.decode() for part in make_self_signed(["own.example"], NOW))
    answer = await home.ask("PUT", "/certificate", json={"certificate": chain, "key": key})
    assert (answer.status, answer.json()["subject"]) == (200, "CN=own.example")
    assert b"PRIVATE" not in answer.body
    wrong = {"certificate": chain, "key": "x"}
    refused = await home.ask("PUT", "/certificate", json=wrong)
    assert (refused.status, list(refused.json()["fields"])) == (422, ["certificate"])
    assert certificates.pair.subject == "CN=own.example"
