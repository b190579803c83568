# Newcomers need "make test" alone: Go, about two minutes, no network once the
# modules are there. "make check" is what CI runs; see CONTRIBUTING.md.

# The race detector needs a C compiler. Without one the tests run without it.
RACE = $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)
OLDEST = go$(shell go list -m -f '{{.GoVersion}}')
LINT = go tool -modfile=tools/lint/go.mod golangci-lint

.DEFAULT_GOAL := help
.PHONY: help test race check bench generate pictures format fresh tidy lint oldest fuzz seeds examples openapi contract modules mutants load subjects consumers

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: ## test everything that needs Go only (about two minutes)
	go test ./...

race: ## test with the race detector
	go test $(RACE) ./...

check: ## everything, as CI does it, with the time that each step takes
	tools/check.sh

bench: ## this SDK and its peers side by side, into bench/RESULTS.md (some minutes, quiet machine)
	cd bench && go run .

generate: ## write the generated code anew
	go generate ./gen ./bluesnap
	cd cmd/bardge && go generate ./internal/calls

pictures: ## take the pictures in docs/ anew (needs Chromium)
	tools/pictures.sh

format: ## format the code (gofumpt, grouped imports)
	$(LINT) fmt

fresh: ## is the generated code what the generator writes?
	tools/fresh.sh

tidy: ## are the module files tidy?
	go mod tidy -diff

lint: ## golangci-lint, with vet, staticcheck and gofumpt in it, of all modules
	tools/lint.sh

oldest: ## does all of it build with the oldest Go that go.mod names?
	GOTOOLCHAIN=$(OLDEST) go vet ./...

fuzz: ## run each fuzz target for some seconds
	tools/fuzz.sh

seeds: ## the property tests, with many more seeds
	tools/seeds.sh

examples: ## run each program under examples/ that needs no database
	tools/examples.sh

modules: ## test the modules apart: journals and the heavy tests (needs PostgreSQL)
	tools/modules.sh

openapi: ## lint gen/openapi.yaml (needs Node)
	tools/openapi.sh

contract: ## all operations through a validating proxy (needs Node)
	tools/contract.sh

subjects: ## are the subjects of the commits short enough?
	tools/subjects.sh

consumers: ## can an empty module import what the next release would be?
	tools/consumers.sh

load: ## the sandbox under load for two minutes (needs wrk)
	tools/load/load.sh

mutants: ## mutation testing of the engine (an hour or more)
	tools/mutants.sh
