"""Decoders: bytes of one format in, records (or the reason why not) out, in input order."""
