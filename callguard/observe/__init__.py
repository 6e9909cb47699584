"""Metrics, logs and control of whatever runs callguard: the same names for every integration."""
