"""The report of a study: the notebooks run on a corpus, and one page of all that they find."""

from cxresearch.report.methods import methods
from cxresearch.report.notebooks import notebook_folder, run_notebooks, sections
from cxresearch.report.page import report_html
from cxresearch.report.writing import manifest_of, summary_of, write_report

__all__ = [
    "manifest_of",
    "methods",
    "notebook_folder",
    "report_html",
    "run_notebooks",
    "sections",
    "summary_of",
    "write_report",
]
