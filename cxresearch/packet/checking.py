"""Is a packet as it was written, and did it come out the same when it was run again?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxresearch.corpus import CorpusError
from cxresearch.packet.files import CRATE, MANIFEST, UNLISTED, files_of, sha256

FIELDS = {"packet", "files", "corpus", "rules", "python", "libraries"}


def is_packet(folder: Path) -> bool:
    """Return whether a folder has the manifest of a packet."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.keys() >= FIELDS


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a packet, or say that this is none."""
    if not is_packet(folder):
        raise CorpusError(f"{folder}: this is no packet: it has no {MANIFEST} that `cxresearch packet` wrote")
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest


def verify(folder: Path) -> dict[str, str]:
    """Return what is not as the manifest of a packet says.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    dict
        From the name of a file to ``changed``, ``missing`` or ``not in the manifest``; empty where all is well.

    Raises
    ------
    CorpusError
        Where the folder is no packet.
    """
    listed, found = read_manifest(folder)["files"], {*files_of(folder)} - {*UNLISTED}
    wrong = {name: "changed" for name in found & listed.keys() if sha256(folder / name) != listed[name]}
    wrong |= dict.fromkeys(listed.keys() - found, "missing")
    wrong |= dict.fromkeys(found - listed.keys(), "not in the manifest")
    wrong |= {} if (folder / CRATE).is_file() else {CRATE: "missing"}
    return dict(sorted(wrong.items()))


def compare(a: Path, b: Path) -> dict[str, str]:
    """Return in which files two packets differ, and below them which corpus, rules and versions do.

    The files themselves are compared, not what the manifests say of them. The RO-Crate may differ: it has a date.

    Parameters
    ----------
    a, b : Path

    Returns
    -------
    dict
        From what differs to how; empty where every result came out the same.

    Raises
    ------
    CorpusError
        Where one of them is no packet, or one has the narratives and the other has not.
    """
    ours, theirs = read_manifest(a), read_manifest(b)
    if ours["packet"]["derived_only"] != theirs["packet"]["derived_only"]:
        raise CorpusError(f"{a}, {b}: one of them holds derived data only; write both with --derived-only, or neither")
    left, right = (
        {name: sha256(folder / name) for name in files_of(folder) if name not in UNLISTED} for folder in (a, b)
    )
    wrong = dict.fromkeys(left.keys() - right.keys(), f"only in {a}")
    wrong |= dict.fromkeys(right.keys() - left.keys(), f"only in {b}")
    wrong |= {name: "differs" for name in left.keys() & right.keys() if left[name] != right[name]}
    return dict(sorted(wrong.items())) | _causes(_depends(ours), _depends(theirs))


def _depends(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return what the results of a packet depend on."""
    rules = {f"rules {language}": mark for language, mark in manifest["rules"].items()}
    return {"corpus": manifest["corpus"], **rules, "python": manifest["python"], **manifest["libraries"]}


def _causes(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    return {name: f"{ours.get(name, 'none')[:16]} and {theirs.get(name, 'none')[:16]}" for name in names}
