# Two commands: `make report` and `make test`. Both set up .venv first, once, and again when
# requirements.lock or pyproject.toml has changed. `make help` lists the rest.

BIN := .venv/bin
READY := .venv/.ready
BENCH := .venv-bench/bin
BENCH_READY := .venv-bench/.ready

# One thread and no hash seed: notebooks give the same bytes (cxresearch/notebooks.py has the same).
FIXED := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 PYTHONHASHSEED=0 TQDM_DISABLE=1

# The lock is proved on CPython 3.11, 3.12 and 3.13. `make PYTHON=/path/to/python3.12` chooses one.
PYTHON :=
FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: help report test lab notebooks bench accuracy lock clean
.DELETE_ON_ERROR:

help:
	@echo "make report   read corpus/ and write the report into report/"
	@echo "make test     everything that CI runs"
	@echo "make lab      JupyterLab on notebooks/"
	@echo "make notebooks  run the notebooks and keep their outputs, after a change of rules or corpus"
	@echo "make bench    measure speed, beside spaCy and clinlp, in an environment of its own"
	@echo "make accuracy write into README and datasheet how well the parser reads, after a change of rules"
	@echo "make lock     work out both locks anew from pyproject.toml"
	@echo "make clean    remove the environments, the report and what tools left behind"

# $(call set-up,DIRECTORY,LOCK): a new virtual environment that holds exactly what the lock names.
# --no-deps, because the lock is complete and bertopic would bring torch (see pyproject.toml).
# uv does in seconds what takes pip two minutes; where it cannot be had, or cannot find the
# packages, pip does the same.
define set-up
@python=$$(for p in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
    if "$$p" -c '$(FITS)' 2>/dev/null; then echo "$$p"; break; fi; done); \
if [ -z "$$python" ]; then \
    echo "cxresearch needs Python 3.11, 3.12 or 3.13 with its venv module, and none was found"; \
    echo "(python3 is: $$(python3 --version 2>&1 || true))."; \
    echo "Install one (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.13),"; \
    echo "or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; \
    exit 1; fi; \
echo "Setting up $(1) from $(2); about a minute."; \
"$$python" -m venv --clear $(1)
@$(1)/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 \
    && $(1)/bin/uv pip install --quiet --python $(1)/bin/python --no-deps -r $(2) -e . \
    || { echo "uv could not do it; trying pip, which takes longer."; \
         $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps -r $(2) -e .; }
@touch $@
endef

$(READY): requirements.lock pyproject.toml
	$(call set-up,.venv,requirements.lock)

$(BENCH_READY): requirements-bench.lock pyproject.toml
	$(call set-up,.venv-bench,requirements-bench.lock)

# The command says itself where the report lies.
report: $(READY)
	@$(BIN)/cxresearch report corpus --out report

# The notebooks are run with one thread and a fixed hash seed: their outputs are compared to the letter.
test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/cxresearch rules --check
	@if ls notebooks/*.ipynb >/dev/null 2>&1; then \
	    $(FIXED) $(BIN)/pytest --nbval --nbval-current-env notebooks; fi
	$(BIN)/pytest

lab: $(READY)
	$(BIN)/jupyter lab notebooks

# After a change of rules or corpus their outputs are other ones; `git diff` shows which.
notebooks: $(READY)
	@$(BIN)/python -m cxresearch.report.notebooks

bench: $(BENCH_READY)
	$(BENCH)/python bench/run.py

accuracy: $(READY)
	$(BIN)/python bench/accuracy.py

COMPILE = $(BIN)/uv pip compile pyproject.toml --python-version 3.11 --quiet \
    --no-header --no-annotate --no-emit-index-url --upgrade
lock: $(READY)
	$(COMPILE) --extra lab --extra topics --extra test -o requirements.lock
	$(COMPILE) --extra bench -c requirements.lock -o requirements-bench.lock

clean:
	rm -rf .venv .venv-bench report results .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
