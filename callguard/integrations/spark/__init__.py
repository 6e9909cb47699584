"""Scoring months of records at once on Spark, with the answers of the embedded engine."""

from callguard.integrations.spark.backscore import backscore
from callguard.integrations.spark.starting import session

__all__ = ["backscore", "session"]
