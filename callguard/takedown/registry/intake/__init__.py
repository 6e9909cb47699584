"""From a carrier's subscriber feed, in CSV or Parquet, to checked rows of a registry."""
