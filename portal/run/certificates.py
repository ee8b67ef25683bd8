"""A certificate authority of this machine's own, made once, and the server certificate that it signs.

In: var/tls and the names that browsers use. Out: ca.pem, ca.key, server.pem and server.key there; the authority is
kept for as long as it is valid, since people import it into their browsers.
"""

import datetime
import ipaddress
import os
import socket
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal.run.errors import CannotStartError

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
CA_LIFE = datetime.timedelta(days=3650)
SERVER_LIFE = datetime.timedelta(days=820)  # browsers refuse more than 825
LEAST_LEFT = datetime.timedelta(days=30)
SKEW = datetime.timedelta(hours=1)
Key = ec.EllipticCurvePrivateKey


def ensure(folder: Path, names: Iterable[str]) -> None:
    wanted = tuple(dict.fromkeys((*LOCAL_NAMES, *names)))
    try:
        certificate, key = _authority(folder)
        if not _serves(folder, certificate, wanted):
            _issue(folder, certificate, key, wanted)
    except ValueError as error:
        raise CannotStartError(
            f"The certificates in {folder} cannot be used ({error}). Remove that directory, then start again."
        ) from error


def general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _authority(folder: Path) -> tuple[x509.Certificate, Key]:
    if (folder / "ca.pem").exists() and (folder / "ca.key").exists():
        certificate, key = _load(folder / "ca.pem"), _load_key(folder / "ca.key")
        if _lasts(certificate) and certificate.public_key() == key.public_key():
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Homeport on {socket.gethostname()}"[:64])])
    builder = _builder(name, name, key, CA_LIFE).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    certificate = builder.add_extension(_usage(authority=True), critical=True).sign(key, hashes.SHA256())
    _save(folder, "ca", certificate, key)
    return certificate, key


def _serves(folder: Path, authority: x509.Certificate, names: tuple[str, ...]) -> bool:
    """Whether the certificate that is there still does: same names, enough time left, signed by this authority."""
    if not ((folder / "server.pem").exists() and (folder / "server.key").exists()):
        return False
    certificate, key = _load(folder / "server.pem"), _load_key(folder / "server.key")
    present = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    same_names = set(present) == {general_name(name) for name in names}
    return (
        same_names
        and _lasts(certificate)
        and certificate.public_key() == key.public_key()
        and _signed(certificate, authority)
    )


def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, InvalidSignature):
        return False
    return True


def _issue(folder: Path, authority: x509.Certificate, authority_key: Key, names: tuple[str, ...]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Homeport")])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    builder = (
        _builder(subject, authority.subject, key, SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), critical=False)
        .add_extension(issuer_key, critical=False)
    )
    _save(folder, "server", builder.sign(authority_key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, life: datetime.timedelta
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _lasts(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC) > LEAST_LEFT


def _load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _load_key(path: Path) -> Key:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} holds another kind of key")
    return key


def _save(folder: Path, name: str, certificate: x509.Certificate, key: Key) -> None:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    _write(folder / f"{name}.key", key.private_bytes(encoding, form, serialization.NoEncryption()))
    _write(folder / f"{name}.pem", certificate.public_bytes(encoding))


def _write(path: Path, content: bytes) -> None:
    """Replaced in one step, so that a web process never reads half a file."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
