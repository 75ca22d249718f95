#!/usr/bin/env python3
"""Make the certificates and secrets that compose.yaml mounts::

    python deploy/certificates.py 192.168.1.20 atelier.example.org      # what people type on their devices
    python deploy/certificates.py --renew 192.168.1.20                  # new certificates; the secrets stay

Two authorities, each thrown away once it has signed: nobody can make another certificate in their name.

* *cluster*: the Dask scheduler runs what it is sent, so whoever connects to it must show a certificate of this
  authority, and so must the scheduler and the workers. Dask looks at the authority only, not at names.
* *web*: what browsers see. Its certificate vouches for the addresses given here and for no others, so that a device
  which is told to trust it trusts nothing else.

The folder is closed to the other accounts of the machine; the files in it can be read by all, because each container
reads its own as an account of its own.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

FOLDER = Path(__file__).resolve().parent / "secrets"
DAYS = 365
MOST_DAYS = 825
"""Beyond it, Apple's devices refuse a certificate even of an authority that their owner trusts."""
OWN = ("localhost", "127.0.0.1")
SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
CLUSTER = {
    "scheduler": (("scheduler", *OWN), (SERVER, CLIENT)),
    "worker": (("light", "heavy", *OWN), (SERVER, CLIENT)),
    "app": (("app1", "app2"), (CLIENT,)),
}
"""Who takes part in the cluster: the names in the certificate, and what it may be used for."""
LETTERS = "bcdfghjkmnpqrstvwxz23456789"
"""Of the key that a person types: nothing that is taken for something else."""
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


class Wrong(Exception):
    """What cannot be done, as a sentence."""


class Authority:
    """A certification authority that lives as long as this object."""

    def __init__(self, name: str, days: int, only: Iterable[str] = ()) -> None:
        """``only``: the names that it may vouch for; empty: any."""
        self._days = days
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _called(f"Contrechamp {name}")
        builder = (
            _begun(self._name, self._name, self._key, days)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
        )
        if subtrees := [_subtree(one) for one in only]:
            builder = builder.add_extension(x509.NameConstraints(subtrees, None), critical=True)
        self.certificate = builder.sign(self._key, SHA256())

    def sign(self, name: str, names: Iterable[str], uses: Sequence[ObjectIdentifier]) -> tuple[bytes, bytes]:
        """A new certificate for ``names`` and its key, in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        made = (
            _begun(_called(f"Contrechamp {name}"), self._name, key, self._days)
            .add_extension(x509.SubjectAlternativeName([_general(one) for one in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self._key, SHA256())
        )
        return made.public_bytes(Encoding.PEM), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make(folder: Path, names: Sequence[str], *, days: int = DAYS, renew: bool = False) -> x509.Certificate:
    """Write everything that compose.yaml mounts into ``folder``; the certificate that browsers will see.

    ``names`` are the addresses and host names that people type. The database's password and the key of the facilitators
    are made once and never replaced; certificates are, with ``renew``. Raises :class:`Wrong`.
    """
    if not names:
        raise Wrong("Give the address or the name that people type on their devices, for example 192.168.1.20.")
    if not 1 <= days <= MOST_DAYS:
        raise Wrong(f"{days} is not a number of days that browsers accept; it takes 1 to {MOST_DAYS}.")
    known = list(dict.fromkeys([*(_checked(name) for name in names), *OWN]))
    cluster, web = Authority("cluster", days), Authority("web", days, known)

    files = {"cluster-ca.pem": cluster.certificate.public_bytes(Encoding.PEM)}
    for who, (own_names, uses) in CLUSTER.items():
        files[f"{who}.pem"], files[f"{who}.key"] = cluster.sign(who, own_names, uses)
    files["web-ca.pem"] = web.certificate.public_bytes(Encoding.PEM)
    files["web.pem"], files["web.key"] = web.sign("web", known, (SERVER,))

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        there = sorted(name for name in files if (folder / name).exists())
        if there and not renew:
            raise Wrong(f"{there[0]} is already in {folder}. Add --renew to make new certificates.")
        for name, text in (("database-password", secrets.token_hex(24)), ("key", _typeable())):
            if not (folder / name).exists():
                files[name] = text.encode()
        for name, content in files.items():
            _write(folder / name, content)
    except OSError as error:
        raise Wrong(f"{folder} cannot be written ({error.strerror or error}).") from error
    return x509.load_pem_x509_certificate(files["web.pem"])


def _checked(name: str) -> str:
    """A name or an address as a certificate holds it. Raises :class:`Wrong`."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        # Four numbers are an address with a slip in it.
        if _HOST.fullmatch(name.lower()) and not re.fullmatch(r"[\d.]+", name) and len(name) <= 253:
            return name.lower()
    raise Wrong(f"“{name}” is neither an address nor a host name. Give 192.168.1.20 or atelier.example.org, no port.")


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _subtree(name: str) -> x509.GeneralName:
    """``name`` as a constraint of an authority: an address is a network of one."""
    try:
        return x509.IPAddress(ipaddress.ip_network(name))
    except ValueError:
        return x509.DNSName(name)


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # the clocks of the room differ
        .not_valid_after(now + timedelta(days=days - 1))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _typeable() -> str:
    """A key that a person can type: four times four letters and digits, 76 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def _write(file: Path, content: bytes) -> None:
    """Replace ``file`` in one go."""
    handle, temporary = tempfile.mkstemp(prefix=".", dir=file.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    Path(temporary).chmod(0o444)
    os.replace(temporary, file)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    parser = argparse.ArgumentParser(description="Make the certificates and secrets of deploy/compose.yaml.")
    parser.add_argument("names", nargs="*", metavar="ADDRESS", help="what people type: an IP address or a host name")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where to write (default: secrets/, beside this file)")
    parser.add_argument("--days", type=int, default=DAYS, help=f"how long they are valid (default: {DAYS})")
    parser.add_argument("--renew", action="store_true", help="replace certificates that are there; the secrets stay")
    given = parser.parse_args(arguments)
    try:
        web = make(given.out, given.names, days=given.days, renew=given.renew)
    except Wrong as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Written in {given.out}; valid until {web.not_valid_after_utc.date()}.")
    print(f"Fingerprint of web.pem (SHA-256): {web.fingerprint(SHA256()).hex(' ').upper()}")
    if hosts := [name.lower() for name in given.names if not re.fullmatch(r"[\d.]+|.*:.*", name)]:
        print(f"Add to deploy/.env: CONTRECHAMP_HOSTS={','.join(hosts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
