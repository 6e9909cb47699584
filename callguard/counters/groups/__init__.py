"""Groups in memory: how they are named, kept and forgotten, and what tables of them are made of."""
