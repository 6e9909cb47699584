from __future__ import annotations

from pathlib import Path

import pytest

from callguard import rulepack
from callguard.errors import CallguardError


def test_a_checkout_uses_the_files_at_its_root() -> None:
    root = Path(__file__).resolve().parents[2]
    assert root / "rules.yaml" == rulepack.path()


def test_an_installed_pack_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "callguard"
    inside = package / "pack" / "rules.yaml"
    inside.parent.mkdir(parents=True)
    inside.touch()
    (tmp_path / "rules.yaml").touch()
    monkeypatch.setattr(rulepack, "_PACKAGE", package)
    assert inside == rulepack.path()


def test_an_incomplete_installation_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulepack, "_PACKAGE", tmp_path / "callguard")
    with pytest.raises(CallguardError, match="rule pack is missing") as caught:
        rulepack.path()
    assert str(tmp_path / "rules.yaml") in str(caught.value)
