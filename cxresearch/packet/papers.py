"""What a data archive asks of a folder: a data package, RO-Crate metadata, and a page for people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cxresearch.packet.files import CRATE, MANIFEST, delimiter_of, files_of, sha256
from cxresearch.version import __version__

OPEN = re.compile(r"CC0-1\.0|CC-BY(?:-NC|-SA|-ND)*-\d\.\d|ODbL-1\.0|ODC-By-1\.0|PDDL-1\.0")  # SPDX, of data
MEDIA = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".lock": "text/plain",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".tiff": "image/tiff",
    ".txt": "text/plain",
}
FOLDERS = {
    "data/": "The narratives, one text each (UTF-8), and `metadata.csv` with a row a narrative.",
    "codings/": "What people coded: one event mention a line, with offsets in the text of the narrative.",
    "derived/": "What the parser found: `events.csv`, a row a mention; `profiles.csv`, a row an episode.",
    "rules/": "Rules of the makers' own, laid over those of cxresearch (variable CXRESEARCH_RULES).",
    "notebooks/": "The notebooks, executed on this corpus.",
    "results/": "Every table and figure that the notebooks saved.",
}
_KINDS = (
    ("integer", re.compile(r"[+-]?\d+")),
    ("number", re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")),
    ("boolean", re.compile(r"true|false|True|False")),
)


def data_package(folder: Path, licences: Mapping[str, int]) -> dict[str, Any]:
    """Return the Frictionless data package of a folder: every table in it, with its columns and its hash.

    Source: Data Package and Table Schema, https://specs.frictionlessdata.io (version 1).
    """
    tables = [name for name in files_of(folder) if name.endswith((".csv", ".jsonl"))]
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": "cxresearch-packet",
        "title": "Service-failure narratives: replication packet",
        "description": "Made by cxresearch; README.md says what is in it.",
        "resources": [_resource(folder, name) for name in tables],
    }
    known = [{"name": name} for name in sorted(licences) if OPEN.fullmatch(name)]
    return package | ({"licenses": known} if known else {})


def _resource(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    resource: dict[str, Any] = {
        "name": re.sub(r"[^a-z0-9._-]+", "-", name.lower()),
        "path": name,
        "format": path.suffix[1:],
        "mediatype": MEDIA[path.suffix],
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
    }
    try:
        text = path.read_bytes().decode("utf-8-sig")
        fields = _csv_fields(text) if path.suffix == ".csv" else _jsonl_fields(text)
    except (ValueError, csv.Error):
        fields = []
    # A table that names a column twice or not at all, or that cannot be read, is a file: it has no schema.
    if not fields:
        return resource | {"type": "file"}
    if path.suffix == ".csv" and (delimiter := delimiter_of(text)) != ",":
        resource["dialect"] = {"delimiter": delimiter}
    return resource | {"profile": "tabular-data-resource", "schema": {"fields": fields, "missingValues": [""]}}


def _csv_fields(text: str) -> list[dict[str, str]]:
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    head, body = (rows[0], rows[1:]) if rows else ([], [])
    regular = all(len(row) == len(head) and any(row) for row in body)
    if not head or not all(head) or len(set(head)) < len(head) or not regular:
        return []
    return [{"name": name, "type": _kind([row[i] for row in body])} for i, name in enumerate(head)]


def _kind(cells: Sequence[str]) -> str:
    told = [cell for cell in cells if cell]
    kinds = [kind for kind, pattern in _KINDS if all(map(pattern.fullmatch, told))]
    return kinds[0] if told and kinds else "string"


def _jsonl_fields(text: str) -> list[dict[str, str]]:
    rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    if not rows or not all(isinstance(row, dict) and list(row) == list(rows[0]) for row in rows):
        return []
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    told = {name: {type(row[name]) for row in rows} - {type(None)} for name in rows[0]}
    return [{"name": name, "type": kinds[found.pop()] if len(found) == 1 else "any"} for name, found in told.items()]


def crate(folder: Path, date: str, licences: Mapping[str, int], run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the RO-Crate metadata of a folder: every file but the single narratives, and the run that made them.

    Source: RO-Crate 1.1, https://w3id.org/ro/crate/1.1.
    """
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    box = ROCrate(version="1.1")
    box.name = "Service-failure narratives: replication packet"
    box.description = "Narratives or what was derived from them, codings, notebooks and results, made by cxresearch."
    box.root_dataset["datePublished"] = date
    box.license = _licence_line(licences)
    if len(licences) == 1 and OPEN.fullmatch(spdx := next(iter(licences))):
        named = {"@type": "CreativeWork", "name": spdx}
        box.license = box.add(ContextEntity(box, f"https://spdx.org/licenses/{spdx}", properties=named))
    names = files_of(folder)
    inside: dict[str, list[Any]] = {name: [] for name in FOLDERS if any(file.startswith(name) for file in names)}
    parts = {name: box.add_dataset(folder / name, name, properties={"description": FOLDERS[name]}) for name in inside}
    for name in names:
        if name.startswith("data/") and name.endswith(".txt"):
            continue  # metadata.csv names them
        path = folder / name
        media = {"encodingFormat": MEDIA[path.suffix]} if path.suffix in MEDIA else {}
        file = box.add_file(path, name, properties={"name": name, "contentSize": str(path.stat().st_size), **media})
        inside.get(name.split("/")[0] + "/", []).append(file)
    for name, files in inside.items():
        parts[name]["hasPart"] = files
    software = {"@type": "SoftwareApplication", "name": "cxresearch", "version": __version__}
    action = {
        "@type": "CreateAction",
        "name": "parse the narratives and run the notebooks",
        "instrument": {"@id": "#cxresearch"},
        "result": [{"@id": name} for name in inside if name in ("derived/", "notebooks/", "results/")],
        "description": f"corpus {run['corpus']}; rules {json.dumps(run['rules'], sort_keys=True)}",
    }
    box.add(ContextEntity(box, "#cxresearch", properties=software), ContextEntity(box, "#run", properties=action))
    generated: dict[str, Any] = box.metadata.generate()
    return generated


def _licence_line(licences: Mapping[str, int]) -> str:
    return "; ".join(f"{name or 'not stated'}: {count}" for name, count in sorted(licences.items()))


def readme(manifest: Mapping[str, Any], names: Sequence[str], licences: Mapping[str, int]) -> str:
    """Return the page that says what is in a packet, how to run it again, and what is left out and why."""
    packet = manifest["packet"]
    derived, run = packet["derived_only"], packet["notebooks"]
    counts = Counter(name.split("/")[0] + "/" for name in names if "/" in name)
    rows = [f"| `{name}` | {counts[name]} | {text} |" for name, text in FOLDERS.items() if counts[name]]
    again = "cxresearch packet PACKET --out AGAIN"
    if derived:
        flags = "--derived-only" + ("" if run else " --no-notebooks")
        again = f"cxresearch packet CORPUS {flags} --out AGAIN\ncxresearch packet --compare PACKET AGAIN"
    if counts["rules/"]:
        again = f"export CXRESEARCH_RULES=PACKET/rules\n{again}"
    left = [f"- `{file}`: {reason}" for file, reason in packet["left_out"].items()]
    without = (
        "This packet holds **derived data only**. The narratives and their metadata, the words of every mention, cue "
        "and deadline, free words in codings, and the outputs of the notebooks are left out; offsets, codes and counts "
        "stay. No six words in a row of any narrative stand in any file; what did hold some, or cannot be read by a "
        "machine to see whether it does, is left out. The identifiers of the narratives are as they were given: see to "
        "it that they name nobody."
        if derived
        else "This packet holds the narratives. What the reader of the corpus refused (a duplicate, an empty text) is "
        "not in it; the notebooks were run on `data/` and `codings/` as they are here."
    )
    return f"""# Replication packet

Made by cxresearch {manifest["libraries"]["cxresearch"]} from {manifest["narratives"]} narratives.
Fingerprint of the corpus: `{manifest["corpus"]}`; of the rules: {_rules(manifest)}.

## What is in it

| folder | files | what |
|---|---:|---|
{chr(10).join(rows)}

`datapackage.json` describes the tables (Frictionless), `{CRATE}` the whole (RO-Crate 1.1),
`requirements.lock` the versions, `{MANIFEST}` has the SHA-256 of every file but itself and the RO-Crate.

## Is it whole?

    cxresearch packet --verify PACKET

names every file that is not as it was written.

## Run it again

In a new environment, with `PACKET` for this folder{" and `CORPUS` for the narratives" if derived else ""}:

```
python -m venv again && . again/bin/activate
pip install --no-deps -r PACKET/requirements.lock
pip install --no-deps CLONE    # the folder of cxresearch {manifest["libraries"]["cxresearch"]}
{again}
```

The last command names every result that came out differently, and the versions that differ.

## Licence

Of the narratives, as their metadata state it (licence: number): {_licence_line(licences)}.
{"" if derived else "`data/metadata.csv` has it for each. "}Where none is stated, ask who made the corpus before you
pass anything on.

## What is left out

{without}
{chr(10).join(["", *left, ""]) if left else ""}
## What it must not be used for

- To tell how often something happens to customers: narratives that somebody chose to write are no sample of them.
- To find out who wrote a narrative, or to judge a person, an employee or a firm that is told of.
- To put the words back by laying offsets over texts that you may not have.
"""


def _rules(manifest: Mapping[str, Any]) -> str:
    return ", ".join(f"{language} `{mark}`" for language, mark in manifest["rules"].items())
