"""Registries: who held which number when, in sorted files with an index."""
