"""The files of a packet: their names, their hashes, and how they are written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

MANIFEST, CRATE = "manifest.json", "ro-crate-metadata.json"
UNLISTED = (MANIFEST, CRATE)  # the manifest cannot hold its own hash, and the crate has a date
# Columns of events and codings that hold words of a narrative.
WORDS = ("text", "deadline")


def files_of(folder: Path) -> list[str]:
    """Return the names of all files in a folder, sorted, hidden ones left out."""
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(name.as_posix() for name in names if not any(part.startswith(".") for part in name.parts))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def delimiter_of(text: str) -> str:
    """Return what parts the cells of a CSV: what its heading has most of (Dutch Excel writes semicolons)."""
    return max(",;\t", key=text.split("\n", 1)[0].count)


def write_text(path: Path, text: str) -> None:
    """Write a text as it is: UTF-8, its line ends kept."""
    path.write_text(text, encoding="utf-8", newline="")


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people and machines: the same value, the same bytes."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
