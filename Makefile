# make app   opens the planner on bundled Dortmund
# make test  runs everything that decides whether a change may land
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
WORKERS ?= 2

.PHONY: app test check bench lock images clean

app: $(VENV)/.installed
	$(BIN)/planning app

$(VENV)/bin/python:
	@$(PYTHON) -c "import sys; sys.exit(None if sys.version_info >= (3, 11) else 'Python 3.11 or newer is needed; name one with: make app PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the planner into $(VENV) (once, about a minute) ..."
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock $(VENV)/.installed
	@echo "Installing what the tests need ..."
	$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not browser"
	$(BIN)/python -m pytest -m browser

bench: $(VENV)/.installed-test
	@for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

images: $(VENV)/.installed-test
	$(BIN)/python -m pytest tests/browser -n 0 -k "((map_shows or click_on_a_room or to_the_plan or take_along or archive_is_made or week_is_planned) and de) or passed_on" --screenshots docs/images
	rm -f docs/images/export-*-de.png docs/images/wochenplan-*-de.png docs/images/plan-*-de.png docs/images/vergleich-*-de.png

# needs uv (any installation of it)
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links pyproject.toml requirements-build.in
lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --extra test -c requirements.lock -o requirements-test.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
