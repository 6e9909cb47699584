"""The process in a sandbox: reads the test files of a run as a JSON list, answers how it ended."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Final

# Whatever tests import that is not callguard's own.
_LOADED: Final = (
    *("ahocorasick", "click", "coverage", "dpkt", "duckdb", "hypothesis.stateful", "msgpack"),
    *("numpy", "orjson", "phonenumbers", "prometheus_client", "psycopg", "pyarrow.parquet"),
    *("pyarrow.compute", "pyroaring", "pytest", "re2", "redis", "sigma.collection"),
    *("sqlalchemy", "structlog", "yaml", "zoneinfo"),
)
_MEMORY_BYTES: Final = 12 << 30
_OPTIONS: Final = (
    *("-q", "-x", "--no-header", "--tb=short", "-p", "tools.mutation.plugin"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # of what is loaded here already
    *("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:benchmark"),
)
# pytest's exit statuses: tests failed, or could not even be read.
_FAILED: Final = (1, 2, 4)


def main() -> None:
    """Fork for each line of standard input."""
    for name in _LOADED:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    output = Path(sys.argv[1])
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _test(json.loads(line), output)
        _, status = os.waitpid(child, 0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # servers that a test left behind
        print(_how(status), flush=True)


def _test(files: list[str], output: Path) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with output.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    import pytest

    status = 3
    try:
        status = pytest.main([*_OPTIONS, *files])
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _how(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "hung" if os.WTERMSIG(status) == signal.SIGALRM else "crashed"
    code = os.WEXITSTATUS(status)
    if code == 0:
        return "passed"
    return "failed" if code in _FAILED else f"unknown {code}"


if __name__ == "__main__":
    main()
