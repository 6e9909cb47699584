"""One plan in a process of its own; prints the most memory that it had (VmHWM, in bytes).

``python3 -m bench.takedown_peak REPORTS REGISTRY OUTPUT AT``
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callguard.takedown import Caps, plan

if TYPE_CHECKING:
    from bench.takedown_scene import Scene


def peak(of: Scene, output: Path, at: int) -> int:
    """Bytes of the process that makes the plan, pages of mapped files included."""
    command = [sys.executable, "-m", "bench.takedown_peak", of.reports, of.registry, output, at]
    found = subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True
    )
    return int(found.stdout)


def main(reports: str, registry: str, output: str, at: str) -> None:
    plan(Path(reports), Path(registry), Path(output), at=int(at), caps=Caps(batch=10**9))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    sys.stdout.write(f"{int(line.split()[1]) * 1024}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
