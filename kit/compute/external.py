"""Which cluster of someone else's the kit accepts to speak to.

``CONTRECHAMP_SCHEDULER=tls://host:port`` needs three files in PEM: the authority in ``CONTRECHAMP_TLS_CA``, this
machine's certificate in ``CONTRECHAMP_TLS_CERT`` and its key in ``CONTRECHAMP_TLS_KEY``. ``tcp://`` protects nothing,
and a scheduler runs what it is sent: it is accepted on this machine only. The workers of such a cluster must have the
kit installed and offer the resources ``light=1`` or ``heavy=1``, with one thread each.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kit.errors import SetupError

TLS_VARIABLES = ("CONTRECHAMP_TLS_CA", "CONTRECHAMP_TLS_CERT", "CONTRECHAMP_TLS_KEY")


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a scheduler is, and what proves that we may use it."""

    url: str
    credentials: tuple[str, str, str] | None = field(default=None, repr=False)
    """Authority, certificate and key: each a path, or the PEM text itself. ``None`` without encryption."""


def external(url: str, environment: Mapping[str, str] | None = None) -> Address:
    """Check the address of an external scheduler.

    Raises :class:`~kit.errors.SetupError` if it is not one that the kit accepts, or if a certificate is missing.
    """
    environment = os.environ if environment is None else environment
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or parts.scheme not in ("tls", "tcp"):
        raise SetupError(
            "CONTRECHAMP_SCHEDULER is “{value}”; it takes tls://host:port, or tcp://127.0.0.1:port on this machine.",
            value=url,
        )
    if parts.scheme == "tcp":
        if not _is_loopback(host):
            raise SetupError(
                "CONTRECHAMP_SCHEDULER is “{value}”: tcp:// is not encrypted and is accepted on this machine only. "
                "Use tls:// and set {variables}.",
                value=url,
                variables=", ".join(TLS_VARIABLES),
            )
        return Address(url=url)
    for name in TLS_VARIABLES:
        if not environment.get(name) or not Path(environment[name]).is_file():
            raise SetupError(
                "CONTRECHAMP_SCHEDULER uses tls://, and {variable} is “{value}”; it takes the path of a PEM file.",
                variable=name,
                value=environment.get(name, ""),
            )
    ca, certificate, key = (environment[name] for name in TLS_VARIABLES)
    return Address(url=url, credentials=(ca, certificate, key))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
