"""Metrics, logs and control of whatever runs callguard: one vocabulary for every way in."""
