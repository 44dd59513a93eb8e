# Thin over start.py, which works without make too: `python3 start.py demo`.
PYTHON ?= python3

.PHONY: demo test check bench clean

demo: ## a synthetic city that lives the year 2022, the workbench on 127.0.0.1:8000; ONCE=1 ends when it is ready
	@$(PYTHON) start.py demo

test: ## the whole suite; PG_BINDIR=/usr/lib/postgresql/15/bin runs it on that PostgreSQL, ARGS goes to pytest
	@$(PYTHON) start.py test $(ARGS)

check: ## format, lint, types, import contract, migrations, templates, law
	@$(PYTHON) start.py check

bench: ## the benchmarks; they print ratios measured in one run; SIZE=25m is the population, ARGS=evaluation only that one
	@SIZE=$(SIZE) $(PYTHON) start.py bench $(ARGS)

clean: ## removes the environment and caches; the city's data stays (see docs/guide/operate.md)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
