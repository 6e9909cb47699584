"""Counting over TLS: own certificates, and those that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard.counters import RedisCounters
from callguard.errors import CounterError
from tests.counters.redis_stores import SECRET, STEP, do_all, open_store
from tests.real_servers.redis import server
from tests.real_servers.tls import Certificate, make_certificate, tunnel


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


def test_tls_with_a_certificate_of_ones_own(certificate: Certificate) -> None:
    with server("--requirepass", SECRET) as one, tunnel(one.port, certificate) as port:
        url = f"rediss://:{SECRET}@127.0.0.1:{port}?ssl_ca_certs={certificate.certificate}"
        store = open_store(url)
        do_all(store)
        assert f"<RedisCounters rediss://127.0.0.1:{port}>" == repr(store)


def test_tls_with_a_certificate_of_a_stranger_is_refused(
    certificate: Certificate, tmp_path: Path
) -> None:
    stranger = make_certificate(tmp_path)
    with server() as one, tunnel(one.port, certificate) as port:
        for options in ("", f"?ssl_ca_certs={stranger.certificate}"):
            with pytest.raises(CounterError, match="certificate verify failed"):
                open_store(f"rediss://127.0.0.1:{port}{options}").step([STEP])


def test_tls_with_a_certificate_for_another_host_is_refused_unless_that_is_wanted(
    tmp_path: Path,
) -> None:
    another = make_certificate(tmp_path, "DNS:another.example")
    with server() as one, tunnel(one.port, another) as port:
        url = f"rediss://127.0.0.1:{port}?ssl_ca_certs={another.certificate}"
        with pytest.raises(CounterError, match="certificate verify failed"):
            open_store(url).step([STEP])
        assert [1] == open_store(f"{url}&ssl_check_hostname=no").step([STEP])


def test_a_client_may_have_to_show_a_certificate_too(
    certificate: Certificate, tmp_path: Path
) -> None:
    own = make_certificate(tmp_path)
    with server() as one, tunnel(one.port, certificate, own) as port:
        url = f"rediss://127.0.0.1:{port}?ssl_ca_certs={certificate.certificate}"
        with pytest.raises(CounterError):
            open_store(url).step([STEP])
        shown = f"&ssl_certfile={own.certificate}&ssl_keyfile={own.key}"
        assert [1] == open_store(url + shown).step([STEP])


def test_plain_text_to_a_tls_port_and_tls_to_a_plain_one_are_errors(
    certificate: Certificate,
) -> None:
    with server() as one, tunnel(one.port, certificate) as port:
        with pytest.raises(CounterError):
            open_store(f"redis://127.0.0.1:{port}").step([STEP])
        with pytest.raises(CounterError):
            RedisCounters.from_url(f"rediss://127.0.0.1:{one.port}", connect_timeout_s=1.0).step(
                [STEP]
            )


def test_a_server_with_tls_of_its_own(certificate: Certificate) -> None:
    try:
        with server(*certificate.options, tls=True) as one:
            do_all(open_store(f"{one.url}?ssl_ca_certs={certificate.certificate}"))
    except RuntimeError as error:
        if "TLS" not in str(error) and "tls" not in str(error):
            raise
        pytest.skip("the server at hand has no TLS; CALLGUARD_REDIS_SERVER names one that has")
