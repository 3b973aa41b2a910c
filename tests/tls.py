"""What stands between a client and a server: certificates made for a test, TLS before a server, a proxy."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .hostile import Behaviour, Peer, answer, field_of

PASSPHRASE = b"a-passphrase"


@dataclass(frozen=True)
class Certificates:
    """Files of an authority of its own, of a server at 127.0.0.1, and of a client."""

    authority: Path
    server: Path
    elsewhere: Path
    """Of a server that has another name."""
    client: Path
    locked: Path
    """The client's, its key with a passphrase."""

    def server_side(self, *, chain: Path | None = None, wants_client: bool = False) -> ssl.SSLContext:
        """What a server speaks TLS with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain or self.server)
        if wants_client:
            context.load_verify_locations(self.authority)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def certificates(folder: Path) -> Certificates:
    """Make them anew."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = _named("an authority")
    authority = _certificate(own, own, key, key, x509.BasicConstraints(ca=True, path_length=None))
    names = {
        "server": x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
        "elsewhere": x509.SubjectAlternativeName([x509.DNSName("elsewhere.example")]),
        "client": x509.BasicConstraints(ca=False, path_length=None),
    }
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    for name, extension in names.items():
        held = ec.generate_private_key(ec.SECP256R1())
        _write(folder / f"{name}.pem", _certificate(_named(name), own, held, key, extension), held)
    _write(folder / "locked.pem", _certificate(_named("client"), own, held, key, names["client"]), held, PASSPHRASE)
    return Certificates(*(folder / f"{name}.pem" for name in ("authority", "server", "elsewhere", "client", "locked")))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(subject, issuer, key, issuers_key, extension) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    building = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    building = building.not_valid_before(now - datetime.timedelta(days=1))
    building = building.not_valid_after(now + datetime.timedelta(days=1)).add_extension(extension, critical=False)
    known = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key.public_key())
    return building.add_extension(known, critical=False).sign(issuers_key, hashes.SHA256())


def _write(path: Path, certificate: x509.Certificate, key, passphrase: bytes | None = None) -> None:
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    coded = key.private_bytes(serialization.Encoding.PEM, form, locked)
    path.write_bytes(coded + certificate.public_bytes(serialization.Encoding.PEM))


# --- Passing bytes on -------------------------------------------------------------------------


def before(url: str) -> Behaviour:
    """Passes everything on to the server at a URL."""
    target = urlsplit(url)
    return lambda peer: _pass_on(peer, (target.hostname, target.port))


def proxy(*, wants: str = "") -> Behaviour:
    """A proxy for HTTP and, by CONNECT, for all else; with `wants`, for whoever sends that as Proxy-Authorization."""

    def behave(peer: Peer) -> None:
        head = peer.request()
        method, target, _ = head.split(" ", 2)
        if field_of(head, "proxy-authorization") != wants:
            peer.stream.sendall(answer(status="407 Proxy Authentication Required"))
        elif method == "CONNECT":
            host, _, port = target.rpartition(":")
            peer.stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            _pass_on(peer, (host, int(port)))
        else:
            there = urlsplit(target)
            _pass_on(peer, (there.hostname, there.port), head.encode("latin-1"))

    return behave


def _pass_on(peer: Peer, address: tuple[str, int], first: bytes = b"") -> None:
    """Pass bytes on in both directions, `first` before them, until either end closes."""
    with socket.create_connection(address) as onward:
        onward.sendall(first)
        back = threading.Thread(target=_pump, args=(onward, peer.stream), daemon=True)
        back.start()
        _pump(peer.stream, onward)
        back.join(5)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
