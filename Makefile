# Every target works from a fresh clone: the first one that needs the environment builds it in .venv.
# Prerequisites: git, python3 (3.11 or newer, with venv), make.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
MEMBERS := protos libs/chassis libs/film services/analyzer services/predictor services/expander services/generator gateway cli
HOUSES := gateway analyzer predictor expander generator
DOCKERFILES := $(patsubst %,services/%/Dockerfile,analyzer predictor expander generator) gateway/Dockerfile
# What builds images, and their tag.
ENGINE ?= docker
TAG ?= 0.1.0
ANIMATIZE := $(PY) -m animatize_cli
# File names reach the command through the environment, so that the shell never reads them as its own words.
export IMAGE OUT JSON SIZE
FILES = $(if $(IMAGE),"$$IMAGE") $(if $(OUT),--out "$$OUT") $(if $(JSON),--result "$$JSON")

.DEFAULT_GOAL := help

.PHONY: help
help: ## List all targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): locks/bootstrap.txt locks/dev.txt $(addsuffix /pyproject.toml,$(MEMBERS))
	@$(PYTHON) -c 'import sys; sys.exit("python3 is %d.%d; 3.11 or newer is needed: make PYTHON=/path/to/python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Building the environment in $(VENV) (once, about half a minute)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/bootstrap.txt
	@$(PY) -m uv pip sync --quiet --require-hashes locks/dev.txt
	@$(PY) -m uv pip install --quiet --no-deps --no-build-isolation $(addprefix -e ./,$(MEMBERS))
	@touch $@

.PHONY: setup
setup: $(READY) ## Build the environment in .venv; every other target does it by itself

.PHONY: run
run: $(READY) ## Animate a photograph: IMAGE=photo.jpg OUT=clip.mp4 JSON=result.json, each optional
	@$(ANIMATIZE) animate --local $(FILES)

.PHONY: up
up: $(READY) ## Start the five services on loopback and stay until Ctrl-C
	@$(ANIMATIZE) up

.PHONY: animate
animate: $(READY) ## Animate a photograph with the mesh that `make up` started: IMAGE, OUT, JSON as for run
	@$(ANIMATIZE) animate $(FILES)

.PHONY: explain
explain: $(READY) ## Draw what is seen in a photograph: IMAGE=photo.jpg OUT=explained.png SIZE=1600, each optional
	@$(ANIMATIZE) explain --local $(if $(IMAGE),"$$IMAGE") $(if $(OUT),--out "$$OUT") $(if $(SIZE),--size "$$SIZE")

.PHONY: contact-sheet
contact-sheet: $(READY) ## Remake the README's picture: clips of four photographs, four frames of each
	@mkdir -p out
	@$(ANIMATIZE) animate --local --out out/sample.mp4
	@for still in china chelsea rocket; do $(ANIMATIZE) animate --local tests/media/$$still.jpg --energy 1 --out out/$$still.mp4 || exit 1; done
	$(PY) docs/contact_sheet.py out/china.mp4 docs/clips.jpg out/chelsea.mp4 out/rocket.mp4 out/sample.mp4

.PHONY: doctor
doctor: $(READY) ## Say what works on this machine, what is missing and how to mend it
	@$(ANIMATIZE) doctor

.PHONY: test
test: $(READY) ## Run all tests but the slow ones, with coverage; below 95 % of lines fails
	@$(PY) -m pytest -m "not slow and not cluster" --cov --cov-report=term:skip-covered $(ARGS)

.PHONY: test-slow
test-slow: $(READY) ## Run the tests that take minutes
	@$(PY) -m pytest -m slow $(ARGS)

.PHONY: test-cluster
test-cluster: $(READY) ## Try the chart on the Kubernetes that KUBECONFIG names; tests/cluster/README.md says how
	@$(PY) -m pytest -m cluster tests/cluster $(ARGS)

.PHONY: test-isolated
test-isolated: $(READY) ## Run each service's own tests with nothing installed but its lock and locks/test.txt
	@$(PY) locks/isolated.py $(ARGS)

.PHONY: check
check: $(READY) ## Format, lint, types, walls, protos, generated files and locks: what CI runs
	$(PY) -m ruff format --check --quiet .
	$(PY) -m ruff check --quiet .
	$(PY) -m mypy --no-error-summary $(foreach member,$(filter-out protos,$(MEMBERS)),$(member)/src)
	MYPYPATH=bench $(PY) -m mypy --no-error-summary bench
	MYPYPATH=. $(PY) -m mypy --no-error-summary evaluation
	$(VENV)/bin/lint-imports --no-logo --no-cache
	cd protos && ../$(VENV)/bin/buf lint
	cd protos && ../$(VENV)/bin/buf format --path animatize --diff --exit-code
	cd protos && ../$(VENV)/bin/buf breaking --path animatize --against released.binpb
	$(PY) protos/generate.py --check
	$(PY) docs/settings_tables.py --check
	$(PY) locks/compile.py --check
	$(PY) locks/audit.py
	$(VENV)/bin/hadolint $(DOCKERFILES)
	$(VENV)/bin/shellcheck .ci/run .ci/tools
	$(VENV)/bin/yamllint --strict .
	$(VENV)/bin/pymarkdownlnt --log-level ERROR scan --respect-gitignore --recurse .
	$(PY) -m observability --check
	$(PY) helm/values_schema.py --check
	@if [ -x .tools/helm ] || [ -n "$$ANIMATIZE_REQUIRE_TOOLS" ]; then $(MAKE) --no-print-directory chart-check; \
	else echo "left out, because helm is not in .tools (make tools): what is rendered from the chart"; fi

.PHONY: tools
tools: ## Build the outside tools that the chart's tests use into .tools/; needs go
	@bash .ci/tools

.PHONY: images
images: ## Build the five container images: ENGINE=docker, podman or buildah; TAG
	@for service in $(HOUSES); do \
	  file=$$(ls services/$$service/Dockerfile $$service/Dockerfile 2>/dev/null); \
	  $(ENGINE) build --quiet --build-arg VERSION=$(TAG) --build-arg REVISION="$$(git rev-parse HEAD 2>/dev/null)" \
	    --tag "animatize-$$service:$(TAG)" --file "$$file" . >/dev/null || exit 1; \
	  echo "animatize-$$service:$(TAG)"; \
	done

RENDERED := helm/readme.py docs/cluster_facts.py k8s/render.py

.PHONY: chart
chart: $(READY) ## Make the chart's schema and README, the rules, dashboards and k8s/ anew
	@$(PY) -m observability
	@for script in helm/values_schema.py $(RENDERED); do $(PY) $$script || exit 1; done

.PHONY: chart-check
chart-check: $(READY) ## What is rendered from the chart is current; part of check where helm is
	@for script in $(RENDERED); do echo "$(PY) $$script --check"; $(PY) $$script --check || exit 1; done

.PHONY: k8s
k8s: $(READY) ## Render k8s/ from the chart
	@$(PY) k8s/render.py

.PHONY: k8s-check
k8s-check: $(READY)
	@$(PY) k8s/render.py --check

.PHONY: format
format: $(READY) ## Format code and protos, and mend what the linter can
	@$(PY) -m ruff format --quiet .
	@$(PY) -m ruff check --quiet --fix .
	@cd protos && ../$(VENV)/bin/buf format --path animatize --write

.PHONY: protos
protos: $(READY) ## Make the generated code and the settings tables anew
	@$(PY) protos/generate.py
	@$(PY) docs/settings_tables.py

.PHONY: locks
locks: $(READY) ## Compile the locks anew, keeping the pins that hold; ARGS=--upgrade moves them
	@$(PY) locks/compile.py $(ARGS)

.PHONY: bench
bench: $(READY) ## Measure speed and memory beside their floors, one table
	@$(PY) bench/run.py $(ARGS)

.PHONY: eval-seeing
eval-seeing: $(READY) ## Measure how well stills are seen and predicted against labels and exact truth; report in out/eval-seeing
	@$(PY) -m evaluation.seeing $(or $(ARGS),run $(if $(wildcard out/photographs),--photographs out/photographs))

.PHONY: eval-motion
eval-motion: $(READY) ## Measure how well the motion check tells what a camera did; report in out/eval-moving
	@$(PY) -m evaluation.moving $(or $(ARGS),run)

.PHONY: eval-render
eval-render: $(READY) ## Measure the renderer against built truth, its border, loops and steadiness; report in out/eval-rendering
	@$(PY) -m evaluation.rendering $(or $(ARGS),run)

.PHONY: eval-clips
eval-clips: $(READY) ## Say what is wrong with clips beside their still; ARGS="judge --still STILL CLIP..."; report in out/eval-clips
	@$(PY) -m evaluation.clips $(or $(ARGS),run)

.PHONY: eval-gate
eval-gate: $(READY) ## Fail when a figure of the evaluations fell below its stored baseline; part of CI
	@$(PY) -m evaluation.seeing gate
	@$(PY) -m evaluation.rendering gate
	@$(PY) -m evaluation.moving gate
	@$(PY) -m evaluation.clips gate

.PHONY: eval-photographs
eval-photographs: $(READY) ## Fetch the labelled photographs that are not in the repository; needs a network
	@$(PY) -m evaluation.seeing fetch --photographs $(or $(DIR),out/photographs)

.PHONY: clean
clean: ## Remove the environment, caches and results
	@rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
