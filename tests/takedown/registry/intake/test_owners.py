"""Owner keys: documents, given ids, and the key file."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callguard.errors import RegistryError
from callguard.takedown.registry.intake.columns import RowError
from callguard.takedown.registry.intake.owners import (
    Key,
    canonical_document,
    document_key,
    id_key,
    read_key,
)

SECRET = bytes(range(32))
KEY = Key(SECRET, "00000000")


def test_spellings_of_one_document_are_one_owner() -> None:
    spellings = [
        "11010119900307123x",
        " 110101 19900307 123X ",
        "１１０１０１１９９００３０７１２３ｘ",
        "110101-19900307-123X",
        "110101\u201019900307\u2212123x",
        "1101\u200b0119900307\u00ad123X",
    ]
    assert {"11010119900307123X"} == set(map(canonical_document, spellings))
    message = b"callguard document\0" + b"11010119900307123X"
    expected = hmac.new(SECRET, message, hashlib.sha256).digest()[:16]
    assert {expected} == {document_key(KEY, text) for text in spellings}


@given(st.text(max_size=30))
@example("R\u00b8")
def test_a_canonical_form_is_its_own(text: str) -> None:
    once = canonical_document(text)
    assert once == canonical_document(once)


@given(st.text(st.sampled_from("09aX -"), max_size=30))
def test_plain_and_unicode_documents_are_read_alike(text: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in text)
    assert canonical_document(text) == canonical_document(wide)


@pytest.mark.parametrize(
    "text",
    "000000000000000000 xxxxxxxx 12345 none N/A unknown 无 身份证 身份证号码 护　照 ----- "
    "123456789012345678 Ｕｎｋｎｏｗｎ".split(" "),
)
def test_placeholders_join_nobody(text: str) -> None:
    with pytest.raises(RowError) as error:
        document_key(KEY, text)
    assert "owner_document" == error.value.column


@pytest.mark.parametrize("text", ["000", "-", "null", "UNKNOWN", "无", "f" * 32, "0" * 32])
def test_placeholder_ids_join_nobody(text: str) -> None:
    with pytest.raises(RowError, match="owner_id"):
        id_key(text)


def test_given_ids() -> None:
    printed = "0123456789abcdef" * 2
    assert (bytes.fromhex(printed), None) == id_key(printed)
    hashed = hashlib.sha256(b"callguard owner id\0" + b"C-7").digest()[:16]
    assert (hashed, "C-7") == id_key("C-7")
    upper = printed.upper()
    assert upper == id_key(upper)[1]
    assert "1234567890" == id_key("1234567890")[1]


def _file(folder: Path, data: bytes, mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_bytes(data)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("data", [SECRET, SECRET.hex().encode(), SECRET.hex().upper().encode()])
def test_keys_are_raw_or_hex(tmp_path: Path, data: bytes) -> None:
    found = read_key(_file(tmp_path, data + (b"\n" if len(data) > 32 else b"")))
    expected = hmac.new(SECRET, b"callguard key id", hashlib.sha256).hexdigest()[:8]
    assert (SECRET, expected) == (found.secret, found.key_id)
    assert f"Key({expected})" == repr(found)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o700, 0o602])
def test_keys_that_others_may_touch_are_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(RegistryError, match=f"has mode {mode:04o}.*chmod 600"):
        read_key(_file(tmp_path, SECRET, mode))


def test_keys_that_are_no_keys(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="holds 16 bytes"):
        read_key(_file(tmp_path, SECRET[:16].hex().encode()))
    with pytest.raises(RegistryError, match="the same byte"):
        read_key(_file(tmp_path, b"\0" * 32))
    with pytest.raises(RegistryError, match="longer than"):
        read_key(_file(tmp_path, os.urandom(5000)))
    with pytest.raises(RegistryError, match="No such file"):
        read_key(tmp_path / "none")
    with pytest.raises(RegistryError, match="Is a directory"):
        read_key(tmp_path)


def test_keys_of_other_users_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _file(tmp_path, SECRET)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(RegistryError, match="belongs to another user"):
        read_key(path)
