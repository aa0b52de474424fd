"""The notebooks run on any folder, and their findings as pages: what a report is made of."""

from __future__ import annotations

import base64
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tqdm import tqdm

from cxresearch.corpus import CorpusError

# One thread and no hash seed: the same bytes on every machine that has these versions.
FIXED: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TQDM_DISABLE": "1",
}
INTERACTIVE = {"application/vnd.plotly.v1+json"}  # no page without its library shows it
PICTURE = re.compile(r'<img[^>]*src="data:image/svg\+xml;base64,([^"]+)"[^>]*>')
SECONDS = 1200  # for one cell
QUIET = ["--IPKernelApp.log_level=40"]  # a kernel of this machine alone need not warn of unencrypted ports


def notebook_folder() -> Path:
    """Return the folder of the notebooks: beside the package, or named by CXRESEARCH_NOTEBOOKS.

    Raises
    ------
    CorpusError
        Where there are none: they come with a clone of the project, not with the installed package.
    """
    folder = Path(os.environ.get("CXRESEARCH_NOTEBOOKS") or Path(__file__).parents[2] / "notebooks")
    if not list(folder.glob("*.ipynb")):
        raise CorpusError(
            f"{folder}: there are no notebooks. They come with a clone of cxresearch; run this there, name their "
            "folder in the variable CXRESEARCH_NOTEBOOKS, or ask for `cxresearch report --quick`"
        )
    return folder


def run_notebooks(
    corpus: Path,
    out: Path,
    results: Path,
    *,
    folder: Path | None = None,
    text_column: str | None = None,
    language: str = "nl",
    progress: bool | None = None,
) -> list[Path]:
    """Run every notebook on a corpus, from a clean kernel each, and keep the executed copies.

    A notebook that stops with an error is kept as far as it got, and the others are run.

    Parameters
    ----------
    corpus : Path
        What `read_corpus` takes.
    out, results : Path
        Folders for the executed notebooks, and for the tables and figures that they save.
    folder : Path, optional
        Of the notebooks; see `notebook_folder`.
    text_column, language : str
        As `read_corpus` takes them.
    progress : bool, optional
        Whether to show a bar; default: where standard error is a terminal.

    Returns
    -------
    list of Path
        The executed notebooks, in order.

    Raises
    ------
    CorpusError
        Where there are no notebooks; where one stopped with an error, after all were run, with its last lines.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    paths = sorted((folder or notebook_folder()).glob("*.ipynb"))
    out.mkdir(parents=True, exist_ok=True)
    results.mkdir(parents=True, exist_ok=True)
    settings = {
        "CXRESEARCH_CORPUS": str(corpus.resolve()),
        "CXRESEARCH_RESULTS": str(results.resolve()),
        "CXRESEARCH_LANGUAGE": language,
        "CXRESEARCH_TEXT_COLUMN": text_column or "",  # empty is none, also where the caller's environment names one
    }
    if named := os.environ.get("CXRESEARCH_RULES"):  # the notebooks run in another folder
        settings["CXRESEARCH_RULES"] = str(Path(named).resolve())
    shown = sys.stderr.isatty() if progress is None else progress
    done, failed = [], []
    for path in tqdm(paths, desc="notebooks", disable=not shown):
        notebook = nbformat.read(path, as_version=4)
        client = NotebookClient(
            notebook,
            timeout=SECONDS,
            record_timing=False,
            resources={"metadata": {"path": str(out)}},
            extra_arguments=QUIET,
        )
        try:
            client.execute(env={**os.environ, **FIXED, **settings})
        except CellExecutionError as error:
            failed.append(f"{path.name}: {error.ename}: {error.evalue}")
        notebook.metadata = {"kernelspec": notebook.metadata.get("kernelspec", {}), "language_info": {"name": "python"}}
        nbformat.write(notebook, out / path.name)
        done.append(out / path.name)
    if failed:
        raise CorpusError(f"the notebooks stopped with an error (they are in {out}):\n" + "\n".join(failed))
    return done


def sections(notebooks: Sequence[Path]) -> list[tuple[str, str, str]]:
    """Return executed notebooks as parts of a page, without their code: anchor, heading and HTML of each.

    Headings move one level down, so that they stand below those of the page.
    """
    import nbformat
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_name="basic", exclude_input=True, exclude_output_prompt=True)
    exporter.exclude_anchor_links = True
    parts = []
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        for output in (o for cell in notebook.cells for o in cell.get("outputs", ())):
            if output.get("data") and set(output["data"]) <= INTERACTIVE:
                output["data"] = {"text/plain": f"(an interactive figure: see notebooks/{path.name})"}
        body, _ = exporter.from_notebook_node(notebook)
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
        title = re.sub(r"<[^>]+>", "", heading.group(1)).strip() if heading else path.stem
        if heading:
            body = body.replace(heading.group(0), "", 1)
        body = re.sub(r"<(/?)h([1-4])\b", lambda h: f"<{h.group(1)}h{int(h.group(2)) + 1}", body)
        body = PICTURE.sub(_with_words, body)
        # An id of its own for each page part: two notebooks may have a heading of the same words.
        body = re.sub(r'(<h\d id=")', rf"\g<1>{path.stem}-", body)
        parts.append((path.stem, title, body))
    return parts


def _with_words(picture: re.Match[str]) -> str:
    """Give a picture the alternative text that stands in its SVG."""
    svg = base64.b64decode(picture.group(1)).decode("utf-8", "replace")
    words = re.search(r'aria-label="([^"]*)"', svg)
    return f'<img alt="{words.group(1) if words else ""}" src="data:image/svg+xml;base64,{picture.group(1)}">'


if __name__ == "__main__":  # `make notebooks`
    run_notebooks(Path("corpus"), Path("notebooks"), Path("results"), folder=Path("notebooks"))
