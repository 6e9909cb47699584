"""The journal: every step of every order, append-only and chained by hashes."""
