#!/usr/bin/env bash
# Mutation testing of the engine: gremlins changes one operator after the other,
# and the engine's tests have to notice. It builds the tests anew for each, so it
# is not for every day; arguments go to gremlins (-E '^[^f]': not the files that
# begin with another letter).
#
# The property tests are left out: they take far longer than all others together,
# and notice next to nothing that those do not. What gremlins calls "not covered"
# is mostly a condition beside a "case", to which Go's coverage gives no block.
set -euo pipefail
cd "$(dirname "$0")/.."

export GOFLAGS='-skip=^(TestProperty|TestAssumptions|TestTLS_Version) -failfast -vet=off -count=1' # a cached run would pass for a fast one
go run github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0 unleash ./idem \
	--timeout-coefficient 8 --threshold-efficacy 90 "$@"
