# Every target works from a fresh clone: the first one that needs the environment builds it.
.PHONY: help
help: ## List all targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
