"""The packages that callguard can do without, and how to install one where callguard came from."""

from __future__ import annotations

from typing import Any, Final

# The name `callguard` on PyPI is another project's.
DISTRIBUTION: Final = "telecom-callguard"
# Module -> the extra that brings it.
_EXTRAS: Final = {
    "dpkt": "pcap",
    "duckdb": "takedown",
    "hiredis": "redis",
    "numpy": "takedown",
    "prometheus_client": "worker",
    "psycopg": "postgres",
    "pyarrow": "takedown",
    "pyspark": "spark",
    "redis": "redis",
    "sqlalchemy": "takedown",
    "structlog": "worker",
}


def pip_install(extra: str) -> str:
    """The command that adds an extra to this installation: from its checkout, file or index."""
    origin = _origin()
    url = origin.get("url", "")
    if url.startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        editable = origin.get("dir_info", {}).get("editable")
        return (
            f"pip install {'-e ' if editable else ''}'{url2pathname(urlsplit(url).path)}[{extra}]'"
        )
    if "vcs_info" in origin:
        url = "{vcs}+{url}@{commit_id}".format(url=url, **origin["vcs_info"])
    return f"pip install '{DISTRIBUTION}[{extra}]{' @ ' if url else ''}{url}'"


def needed(what: str, missing: ModuleNotFoundError, extra: str | None = None) -> str:
    """One line that says which package is missing for ``what`` and how to install it.

    Without ``extra`` it is the one that brings the package. Raises ``missing`` itself if no extra
    brings it: then it is not an optional package that is missing.
    """
    module = (missing.name or "").partition(".")[0]
    if module not in _EXTRAS:
        raise missing
    return f"{what} needs the package {module}: {pip_install(extra or _EXTRAS[module])}"


def _origin() -> dict[str, Any]:
    """Where callguard was installed from, as PEP 610 has it; empty if from an index."""
    # Wanted when something is missing only, and not by every program that embeds a guard.
    import json
    from importlib import metadata

    # Several: what setuptools leaves in a checkout counts as one when Python is started there.
    for distribution in metadata.distributions(name=DISTRIBUTION):
        record = distribution.read_text("direct_url.json")
        if record is not None:
            origin: dict[str, Any] = json.loads(record)
            return origin
    return {}
