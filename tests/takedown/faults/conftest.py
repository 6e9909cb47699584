"""The injector, compiled once, and the process that forks runs under it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.takedown.faults.command_cases import Stage
from tests.takedown.faults.injector import Server, compile_injector

# In memory, to sync a file costs nothing: these tests do little else.
_MEMORY = "/dev/shm"  # noqa: S108  only where it is; names are drawn below


@pytest.fixture(scope="session")
def injector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = compile_injector(tmp_path_factory.mktemp("injector"))
    if library is None:
        pytest.skip("faults are injected with a library in C: no C compiler (cc, gcc) here")
    return library


@pytest.fixture(scope="session")
def server(injector: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(injector, tmp_path_factory.mktemp("said")) as running:
        yield running


@pytest.fixture(scope="session")
def stage(server: Server) -> Iterator[Stage]:
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="callguard-faults-", dir=place) as folder:
        yield Stage(Path(folder), server)
