"""The certificate of ``contrechamp run --https``: made on this machine for its own addresses, and signed by itself.

A browser gives a page the microphone and the camera on ``localhost`` or over https only, and no authority signs for an
address of a local network. So each browser of the room warns once, and a person may compare the fingerprint.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kit.errors import SetupError
from kit.settings import Settings, data_folder

FILE = "https.pem"
"""In the data folder: the private key, then the certificate. One file, so that the two are replaced together."""

OWN_NAME = "localhost"
OWN_ADDRESSES = ("127.0.0.1", "::1")

LIFE = timedelta(days=90)
"""A school term: the key lies on a laptop that many hands open, and nobody can revoke it."""

SPARE = timedelta(days=7)
"""What must be left of it: a browser that has accepted it in the morning is not asked again during the workshop."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate that can be served."""

    file: Path
    """PEM: the private key and the certificate, as :meth:`ssl.SSLContext.load_cert_chain` reads them."""
    fingerprint: str
    """SHA-256 of the certificate, in hexadecimal: 32 groups of two."""
    until: date
    """Its last day."""


def certificate(settings: Settings, addresses: Iterable[str]) -> Certificate:
    """The certificate of this machine for ``localhost`` and the IP ``addresses`` of the room.

    The one in the data folder, if it is whole, covers these addresses and is valid for a week at least; otherwise a new
    one takes its place. Raises :class:`SetupError` if it cannot be written.
    """
    file = data_folder(settings) / FILE
    names = {OWN_NAME, *(str(ipaddress.ip_address(address)) for address in (*OWN_ADDRESSES, *addresses))}
    made = _kept(file, names) or _make(file, names)
    return Certificate(
        file=file, fingerprint=made.fingerprint(SHA256()).hex(" ").upper(), until=made.not_valid_after_utc.date()
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _kept(file: Path, names: set[str]) -> x509.Certificate | None:
    """The certificate in ``file``, if it will do."""
    try:
        pem = file.read_bytes()
        key = load_pem_private_key(pem, password=None)
        found = x509.load_pem_x509_certificate(pem)
        # Its signature covers all of it: what passes here is as it was made.
        found.verify_directly_issued_by(found)
        covered = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return None
    whole = found.public_key() == key.public_key()
    valid = found.not_valid_before_utc <= _now() <= found.not_valid_after_utc - SPARE
    return found if whole and valid and names <= {str(name.value) for name in covered} else None


def _make(file: Path, names: set[str]) -> x509.Certificate:
    """Make a key and a certificate for ``names``, and write them in ``file``."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Contrechamp")])
    addresses = [x509.IPAddress(ipaddress.ip_address(name)) for name in sorted(names - {OWN_NAME})]
    now = _now()
    made = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # The clocks of the room differ.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(OWN_NAME), *addresses]), critical=False)
        # No authority: whoever trusts it trusts these addresses, not others that its key would vouch for.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write(file, secret + made.public_bytes(Encoding.PEM))
    return made


def _write(file: Path, pem: bytes) -> None:
    """Replace ``file`` in one go; only its owner may read it. Raises :class:`SetupError`."""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".", dir=file.parent)  # mode 0600
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(pem)
            os.replace(temporary, file)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
            raise
    except OSError as error:
        raise SetupError(
            "The certificate for https cannot be written in {folder} ({reason}). Free some disk space, or choose"
            " another folder with CONTRECHAMP_HOME.",
            folder=str(file.parent),
            reason=error.strerror or str(error),
        ) from error
