"""Taking numbers down: registrations, plans, and the journal of orders.

This is the face of the room: the rest of callguard imports these names from here and nothing from
the modules inside. A name is imported when it is first asked for, so that a command loads only
what it needs: pyarrow, numpy, DuckDB and SQLAlchemy are expensive.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from callguard.takedown.closing import Closing
    from callguard.takedown.expansion.duck import DuckRunner
    from callguard.takedown.expansion.steps import Expansion, Setting, expand, step_text
    from callguard.takedown.journal.acknowledge import Acknowledged, acknowledge
    from callguard.takedown.journal.approve import Approved, approve
    from callguard.takedown.journal.entry import Head
    from callguard.takedown.journal.export import export_list, export_numbers
    from callguard.takedown.journal.head import read_head
    from callguard.takedown.journal.history import Earlier, earlier
    from callguard.takedown.journal.issue import Issued, issue
    from callguard.takedown.journal.restore import Restored, restore
    from callguard.takedown.journal.status import Spread, Standing, Status, status
    from callguard.takedown.journal.store import Journal
    from callguard.takedown.journal.verify import Finding, verify
    from callguard.takedown.json_text import canonical
    from callguard.takedown.model import (
        FOREVER,
        OWNER_KINDS,
        SERVICES,
        STATUSES,
        owner_label,
        row_schema,
    )
    from callguard.takedown.planning.folder import PlanFolder, check_plan_folder
    from callguard.takedown.planning.lookup import LookupResult, NumberLookup, Row, apart, closed_at
    from callguard.takedown.planning.outcome import Expander
    from callguard.takedown.planning.plan import Caps, plan
    from callguard.takedown.planning.protected import Protected
    from callguard.takedown.planning.reports import REPORT_COLUMNS, read_number, read_reports
    from callguard.takedown.registry.build import (
        Built,
        build,
        check_registry_folder,
        compact,
        update,
    )
    from callguard.takedown.registry.feeding import Intake
    from callguard.takedown.registry.intake.owners import read_key
    from callguard.takedown.registry.manifest import Manifest
    from callguard.takedown.registry.store import Registry
    from callguard.takedown.registry.writer import Progress
    from callguard.takedown.text import clean

__all__ = [
    "FOREVER",
    "OWNER_KINDS",
    "REPORT_COLUMNS",
    "SERVICES",
    "STATUSES",
    "Acknowledged",
    "Approved",
    "Built",
    "Caps",
    "Closing",
    "DuckRunner",
    "Earlier",
    "Expander",
    "Expansion",
    "Finding",
    "Head",
    "Intake",
    "Issued",
    "Journal",
    "LookupResult",
    "Manifest",
    "NumberLookup",
    "PlanFolder",
    "Progress",
    "Protected",
    "Registry",
    "Restored",
    "Row",
    "Setting",
    "Spread",
    "Standing",
    "Status",
    "acknowledge",
    "apart",
    "approve",
    "build",
    "canonical",
    "check_plan_folder",
    "check_registry_folder",
    "clean",
    "closed_at",
    "compact",
    "earlier",
    "expand",
    "export_list",
    "export_numbers",
    "issue",
    "owner_label",
    "plan",
    "read_head",
    "read_key",
    "read_number",
    "read_reports",
    "restore",
    "row_schema",
    "status",
    "step_text",
    "update",
    "verify",
]

# Where the names are; a test compares this with the imports above.
_NAMES: Final = {
    "closing": "Closing",
    "expansion.duck": "DuckRunner",
    "expansion.steps": "Expansion Setting expand step_text",
    "journal.acknowledge": "Acknowledged acknowledge",
    "journal.approve": "Approved approve",
    "journal.entry": "Head",
    "journal.export": "export_list export_numbers",
    "journal.head": "read_head",
    "journal.history": "Earlier earlier",
    "journal.issue": "Issued issue",
    "journal.restore": "Restored restore",
    "journal.status": "Spread Standing Status status",
    "journal.store": "Journal",
    "journal.verify": "Finding verify",
    "json_text": "canonical",
    "model": "FOREVER OWNER_KINDS SERVICES STATUSES owner_label row_schema",
    "planning.folder": "PlanFolder check_plan_folder",
    "planning.lookup": "LookupResult NumberLookup Row apart closed_at",
    "planning.outcome": "Expander",
    "planning.plan": "Caps plan",
    "planning.protected": "Protected",
    "planning.reports": "REPORT_COLUMNS read_number read_reports",
    "registry.build": "Built build check_registry_folder compact update",
    "registry.feeding": "Intake",
    "registry.intake.owners": "read_key",
    "registry.manifest": "Manifest",
    "registry.store": "Registry",
    "registry.writer": "Progress",
    "text": "clean",
}
_MODULES: Final = {name: module for module, names in _NAMES.items() for name in names.split()}


if not TYPE_CHECKING:  # a type checker sees the imports, and no other name

    def __getattr__(name: str) -> Any:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{module}"), name)
        globals()[name] = value
        return value
