# `make run` and `make test` are all that is needed: each sets up what is missing first, and only that.

PYTHON ?= python3
VENV = .venv/bin/python
SETUP = @command -v $(PYTHON) >/dev/null || { echo "homeport: Homeport needs Python 3.11 or newer; there is no $(PYTHON)." >&2; exit 1; }; \
	$(PYTHON) -m portal.run.setup

.PHONY: help run test check bench lab test-lab requirements messages clean

help:            ## this list
	@sed -n 's/^\([a-z-]*:\) *## /\1	/p' $(MAKEFILE_LIST) | expand -t 16

run:             ## sets Homeport up and runs it until Ctrl-C; DEMO=0 starts empty
	$(SETUP)
	@exec $(VENV) -m portal.run

test:            ## the whole suite on SQLite, then what uses the database on PostgreSQL
	$(SETUP) --dev
	$(VENV) -m pytest -n 2 --dist worksteal -m "not bench and not lab"
	HOMEPORT_TEST_DATABASE=postgres $(VENV) -m pytest -n 2 --dist worksteal -m "not bench and not browser and not chaos and not guest and not lab" --ignore=tests/run --ignore=tests/machines --ignore=tests/lab --ignore=tests/consoles/hub --ignore=tests/consoles/drivers --ignore=tests/consoles/scripted --ignore=tests/consoles/record --ignore=tests/consoles/hub_process --ignore=tests/consoles/js --ignore=tests/fleet/js --ignore=tests/fleet/stores

check:           ## lint, format, types, migrations, Django's checks for deployment
	$(SETUP) --dev
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy accounts portal consoles
	$(VENV) manage.py makemigrations --check --dry-run
	HOMEPORT_PRODUCTION=1 HOMEPORT_SECRET_KEY=$$($(VENV) -c 'import secrets; print(secrets.token_urlsafe(50))') \
		$(VENV) manage.py check --deploy --fail-level WARNING

bench:           ## measures pages at 100,000 VMs and the live console beside its peers; the tables of docs/performance.md
	$(SETUP) --dev
	$(VENV) -m tests.bench

lab:             ## adds full Debians, one in order and three broken on purpose, to the demonstration: docs/lab.md
	$(SETUP) --lab
	$(VENV) manage.py migrate --verbosity 0
	$(VENV) manage.py demo_create

test-lab:        ## repairs the broken Debians through the console, and runs twenty guests at once
	$(SETUP) --dev --lab
	$(VENV) -m pytest -m "lab or guest"

requirements:    ## renews the pins of Python and npm packages
	@command -v npm >/dev/null || { echo "homeport: renewing the pins of npm packages needs npm; nothing was changed." >&2; exit 1; }
	$(SETUP) --dev
	$(VENV) -m uv pip compile --upgrade --quiet --no-emit-index-url --no-header requirements.in -o requirements.txt
	$(VENV) -m uv pip compile --upgrade --quiet --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt
	$(VENV) -m uv pip compile --upgrade --quiet --no-emit-index-url --no-header --no-deps --python-version 3.12 \
		--annotation-style line requirements-programs.in -o requirements-programs.txt
	npm install --package-lock-only --ignore-scripts

messages:        ## gathers the strings to translate into locale/
	$(SETUP) --dev
	$(VENV) manage.py makemessages --all --no-wrap --ignore node_modules --ignore .venv --ignore var

clean:           ## removes what the set-up installed; var/ (data, keys, certificates) stays
	@echo "Removing .venv, node_modules, static/vendor and caches. Your data in var/ stays."
	rm -rf .venv node_modules static/vendor .setup.lock .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
