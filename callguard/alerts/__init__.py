"""Warnings for the called person."""

from callguard.alerts.render import TEMPLATES, render

__all__ = ["TEMPLATES", "render"]
