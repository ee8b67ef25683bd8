import datetime
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509

from portal.run import certificates
from portal.run.errors import CannotStartError


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names(path: Path) -> set[str]:
    extension = load(path).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return {str(name.value) for name in extension.value}


def test_the_server_certificate_names_this_machine_and_what_the_operator_adds(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, ["homeport.example", "192.0.2.7"])
    wanted = {"localhost", "127.0.0.1", "::1", "homeport.example", "192.0.2.7"}
    assert names(tmp_path / "server.pem") == wanted


def test_a_browser_that_trusts_the_authority_trusts_the_server(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, [])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    client = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    for name in ("localhost", "127.0.0.1", "::1"):
        handshake(client, server, name)


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> None:
    """In memory: each side's bytes are the other's input until the client has checked the certificate."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    browser, portal = (
        client.wrap_bio(down, up, server_hostname=name),
        server.wrap_bio(up, down, server_side=True),
    )
    for side in (browser, portal, browser):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    assert browser.getpeercert()


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, [])
    for key in ("ca.key", "server.key"):
        assert stat.S_IMODE((tmp_path / key).stat().st_mode) == 0o600


def test_the_authority_may_only_sign_servers_and_no_server_lives_longer_than_browsers_allow(
    tmp_path: Path,
) -> None:
    certificates.ensure(tmp_path, [])
    authority, server = load(tmp_path / "ca.pem"), load(tmp_path / "server.pem")
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    usage = authority.extensions.get_extension_for_class(x509.KeyUsage)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    assert usage.critical
    assert (usage.value.key_cert_sign, usage.value.digital_signature) == (True, False)
    assert server.not_valid_after_utc - server.not_valid_before_utc <= datetime.timedelta(days=825)


def test_nothing_changes_while_everything_still_serves(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, ["homeport.example"])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    certificates.ensure(tmp_path, ["homeport.example"])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_new_name_renews_the_server_and_keeps_the_authority(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, [])
    authority = (tmp_path / "ca.pem").read_bytes()
    certificates.ensure(tmp_path, ["homeport.example"])
    assert (tmp_path / "ca.pem").read_bytes() == authority
    assert "homeport.example" in names(tmp_path / "server.pem")
    load(tmp_path / "server.pem").verify_directly_issued_by(load(tmp_path / "ca.pem"))


@pytest.mark.parametrize(("days", "renewed"), [(29, True), (31, False)])
def test_it_renews_in_the_last_thirty_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, renewed: bool
) -> None:
    with monkeypatch.context() as shorter:
        shorter.setattr(certificates, "SERVER_LIFE", datetime.timedelta(days=days))
        certificates.ensure(tmp_path, [])
    before = (tmp_path / "server.pem").read_bytes()
    certificates.ensure(tmp_path, [])
    assert ((tmp_path / "server.pem").read_bytes() != before) is renewed


def test_a_lost_authority_key_makes_a_new_authority_and_a_new_server(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, [])
    (tmp_path / "ca.key").unlink()
    certificates.ensure(tmp_path, [])
    load(tmp_path / "server.pem").verify_directly_issued_by(load(tmp_path / "ca.pem"))


def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    certificates.ensure(tmp_path, [])
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(
        CannotStartError, match=f"The certificates in {tmp_path} cannot be used .* Remove that directory"
    ):
        certificates.ensure(tmp_path, [])
