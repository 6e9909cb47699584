"""Where the rule pack that comes with callguard is."""

from __future__ import annotations

from pathlib import Path

from callguard.errors import CallguardError

_PACKAGE = Path(__file__).resolve().parent


def path() -> Path:
    """The shipped ``rules.yaml``, its ``lists/`` beside it.

    An installed package carries the pack inside itself; in a checkout and in an editable install
    it is the ``rules.yaml`` at the root, so that there is only one to edit.

    Raises :class:`CallguardError` if the installation is incomplete.
    """
    candidates = (_PACKAGE / "pack" / "rules.yaml", _PACKAGE.parent / "rules.yaml")
    for path in candidates:
        if path.is_file():
            return path
    raise CallguardError(
        f"the rule pack is missing: neither {candidates[0]} nor {candidates[1]} exists; "
        "install callguard again, or name a rule file with --rules"
    )
