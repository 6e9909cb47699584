"""The journal: every step in the life of every order, append-only and chained by hashes."""
