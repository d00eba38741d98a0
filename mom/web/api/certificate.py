"""The certificate of the pages: what it says, and putting in an own one."""

import msgspec

from mom.model.omm import Severity
from mom.ports import Recorder
from mom.web.call import Call
from mom.web.certificates import CertificateError, Certificates, Pair
from mom.web.errors import Unprocessable
from mom.web.route import Access, route

SUBSYSTEM = "Certificate"


class CertificateView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The certificate in use. `not_after` is seconds since 1970, `fingerprint` SHA-256 in hex."""

    subject: str
    issuer: str
    not_after: int
    fingerprint: str


class NewPair(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A chain of certificates, the server's own first, and its unencrypted key, both as PEM."""

    certificate: str
    key: str

    def __repr__(self) -> str:
        """Show nothing of the key."""
        return "<NewPair>"


class CertificateRoutes:
    """`/certificate`."""

    def __init__(self, *, certificates: Certificates, recorder: Recorder) -> None:
        self._certificates = certificates
        self._recorder = recorder

    @route(
        "GET",
        "/certificate",
        access=Access.READ,
        summary="The certificate of the pages",
        answer=CertificateView,
    )
    async def read(self, call: Call) -> CertificateView:
        """The certificate in use."""
        return _view(self._certificates.pair)

    @route(
        "PUT",
        "/certificate",
        access=Access.WRITE,
        summary="Put in an own certificate; new connections use it at once",
        body=NewPair,
        answer=CertificateView,
    )
    async def replace(self, call: Call, body: NewPair) -> CertificateView:
        """Replace certificate and key."""
        try:
            pair = self._certificates.replace(body.certificate.encode(), body.key.encode())
        except CertificateError as error:
            raise Unprocessable(str(error), fields={"certificate": str(error)}) from error
        text = f"{call.by} put in the certificate of {pair.subject}"
        self._recorder.record(Severity.OK, SUBSYSTEM, text)
        return _view(pair)


def _view(pair: Pair) -> CertificateView:
    return CertificateView(
        subject=pair.subject,
        issuer=pair.issuer,
        not_after=int(pair.not_after.timestamp()),
        fingerprint=pair.fingerprint,
    )
