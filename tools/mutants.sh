#!/usr/bin/env bash
# Mutation testing of the engine: gremlins changes one operator at a time, and the
# engine's tests must fail. It builds the tests for each mutant, which takes long.
# Arguments go to gremlins (-E '^[^f]': only files that begin with f).
#
# The property tests are left out: they take longer than all others together, and
# find hardly any more mutants. "Not covered" is mostly a condition of a "case",
# for which Go's coverage has no block.
set -euo pipefail
cd "$(dirname "$0")/.."

export GOFLAGS='-skip=^(TestProperty|TestAssumptions|TestTLS_Version) -failfast -vet=off -count=1' # a cached run would look fast
go run github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0 unleash ./idem \
	--timeout-coefficient 8 --threshold-efficacy 90 "$@"
