"""The repository as these tests see it."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("pantau", "producers", "stream_processors", "storage", "dashboards")
"""What the wheel holds, and nothing else."""


def tracked() -> list[Path]:
    """Every file that git tracks and that is there, relative to the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in map(Path, filter(None, listed.split("\0"))) if (ROOT / path).is_file()]


def modules() -> list[str]:
    """The import names of every module of the product, as they lie on the disk."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found
