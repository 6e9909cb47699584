"""The steps on DuckDB, inside this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb

from callguard.errors import PlanError
from callguard.takedown.closing import Closing

if TYPE_CHECKING:
    import pyarrow as pa


MEMORY_LIMIT: Final = 3 << 29


class DuckRunner(Closing):
    """A DuckDB in memory that holds the tables of one expansion. Close it, or use ``with``.

    It takes ``MEMORY_LIMIT`` bytes at most; a step that needs more raises PlanError.
    """

    def __init__(self, threads: int = 0) -> None:
        self._duck = duckdb.connect(":memory:")
        # Files come through the registry alone: no extension is loaded from anywhere.
        self._duck.execute("SET autoinstall_known_extensions = false")
        self._duck.execute("SET autoload_known_extensions = false")
        # Nothing but the plan is written, so nothing goes to files when memory runs out.
        self._duck.execute("SET temp_directory = ''")
        self._duck.execute(f"SET memory_limit = '{MEMORY_LIMIT:d}B'")
        if threads:
            self._duck.execute(f"SET threads = {threads:d}")

    def put(self, name: str, rows: pa.Table) -> None:
        """Have ``rows`` as the table ``name``, in the place of what had that name."""
        self._duck.register("incoming", rows)
        self.step(name, "SELECT * FROM incoming")
        self._duck.unregister("incoming")

    def step(self, name: str, sql: str) -> None:
        """Make the table ``name`` of what the SQL selects."""
        try:
            self._duck.execute(f'CREATE OR REPLACE TABLE "{name}" AS\n{sql}')
        except duckdb.OutOfMemoryException:
            raise PlanError(
                f"expanding so many reports takes more than {MEMORY_LIMIT >> 20} MiB (in the step "
                f"{name}); plan for fewer reports at once"
            ) from None

    def fetch(self, sql: str) -> pa.Table:
        """The rows that the SQL selects."""
        return self._duck.sql(sql).to_arrow_table()

    def close(self) -> None:
        """Forget every table."""
        self._duck.close()
