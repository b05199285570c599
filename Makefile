# On Windows: python tools\run.py TASK
PYTHON ?= python3

.PHONY: run test lab bench notebooks setup lock clean
run test lab bench notebooks setup lock clean:
	@$(PYTHON) tools/run.py $@
