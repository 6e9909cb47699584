"""What is installed, what can be added, and under which name."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import urllib.request  # noqa: F401  it cannot be found while sys.path is another
from importlib import metadata
from pathlib import Path

import pytest

from callguard import extras
from callguard.extras import DISTRIBUTION, needed, pip_install

ROOT = Path(__file__).resolve().parent.parent
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
# Module -> distribution, where they differ.
DISTRIBUTIONS = {
    "prometheus_client": "prometheus-client",
    "psycopg": "psycopg[binary]",
    "hiredis": "redis[hiredis]",
    "redis": "redis[hiredis]",
    "sqlalchemy": "SQLAlchemy",
}
# Fails to import any optional package, as if it were not installed, and runs the command line.
WITHOUT = """
import sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
from callguard.cli.main import main
sys.exit(main(sys.argv[2:]))
"""


def brought_by(extra: str) -> set[str]:
    lines = SETUP["options.extras_require"][extra].split("\n")
    return {re.split(r"[<>=~]", line)[0] for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("module", extras._EXTRAS)
def test_the_extra_that_is_named_brings_the_package(module: str) -> None:
    assert DISTRIBUTIONS.get(module, module) in brought_by(extras._EXTRAS[module])


def test_the_name_is_that_of_the_distribution() -> None:
    assert DISTRIBUTION == SETUP["metadata"]["name"]
    assert SETUP["metadata"]["version"] == metadata.version(DISTRIBUTION)


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (None, "pip install 'telecom-callguard[redis]'"),
        (
            {"url": "file:///src/call%20guard", "dir_info": {}},
            "pip install '/src/call guard[redis]'",
        ),
        (
            {"url": "file:///src/callguard", "dir_info": {"editable": True}},
            "pip install -e '/src/callguard[redis]'",
        ),
        (
            {"url": "file:///dist/callguard.whl", "archive_info": {}},
            "pip install '/dist/callguard.whl[redis]'",
        ),
        (
            {"url": "https://host/callguard.whl", "archive_info": {}},
            "pip install 'telecom-callguard[redis] @ https://host/callguard.whl'",
        ),
        (
            {"url": "https://host/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            "pip install 'telecom-callguard[redis] @ git+https://host/x.git@abc'",
        ),
    ],
)
def test_an_extra_is_installed_from_where_callguard_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: dict[str, object] | None, said: str
) -> None:
    # What setuptools leaves in a checkout says nothing of an origin.
    (tmp_path / "telecom_callguard.egg-info").mkdir()
    (tmp_path / "telecom_callguard.egg-info" / "PKG-INFO").write_text("Name: telecom-callguard\n")
    installed = tmp_path / "telecom_callguard-0.1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: telecom-callguard\nVersion: 0.1.0\n")
    if origin is not None:
        (installed / "direct_url.json").write_text(json.dumps(origin))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert said == pip_install("redis")


def test_a_package_that_no_extra_brings_is_an_error_of_its_own() -> None:
    missing = ModuleNotFoundError("No module named 'yaml'", name="yaml")
    with pytest.raises(ModuleNotFoundError, match="yaml"):
        needed("rules", missing)


def without_extras(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, ",".join([*extras._EXTRAS, "rich", "pandas"]), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("registry", "--help"),
        ("registry", "build", "--help"),
        ("takedown", "--help"),
        ("takedown", "plan", "--help"),
        ("worker", "--help"),
        ("backscore", "--help"),
        ("demo", "--help"),
        ("rules", "test", "rules.yaml", "--json"),
    ],
)
def test_the_core_does_without_extras(arguments: tuple[str, ...]) -> None:
    done = without_extras(*arguments)
    assert 0 == done.returncode, done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    ("arguments", "what", "extra"),
    [
        (("takedown", "status"), "takedown needs the package sqlalchemy", "takedown"),
        (("takedown", "verify"), "takedown needs the package sqlalchemy", "takedown"),
        (("takedown", "export-list", "-"), "takedown needs the package sqlalchemy", "takedown"),
        (("registry", "verify", "nothing"), "registry needs the package numpy", "takedown"),
        (("registry", "simulate", "nothing.csv"), "registry needs the package ", "takedown"),
        (("demo",), "demo needs the package ", "takedown"),
        (("worker", "--stream", "redis://h"), "worker needs the package redis", "worker"),
        (("score", "rules.yaml", "--counters", "redis://h"), "a server of counters needs", "redis"),
    ],
)
def test_a_command_that_lacks_its_extra_says_so_in_one_line(
    arguments: tuple[str, ...], what: str, extra: str
) -> None:
    done = without_extras(*arguments)
    assert (2, "") == (done.returncode, done.stdout)
    [line] = done.stderr.splitlines()
    assert line.startswith(f"callguard: {what}")
    assert line.endswith(f": {pip_install(extra)}")


def sources() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    names = [name for name in listed.split("\0") if name and not name.startswith("tests/")]
    kinds = (".md", ".py", ".cfg", ".toml", "Makefile", "run", "try-package", ".yaml")
    return [ROOT / name for name in names if name.endswith(kinds) and (ROOT / name).is_file()]


def test_nothing_says_to_install_the_package_of_a_stranger() -> None:
    stranger = re.compile(r"pip\s+install\s+(?:-\S+\s+)*['\"]?callguard\b|(?<![\w-])callguard\[")
    assert len(sources()) > 200
    said = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in sources()
        for match in [stranger.search(path.read_text(encoding="utf-8"))]
        if match
    }
    assert set() == said
