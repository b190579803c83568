#!/usr/bin/env bash
# Runs the property tests longer than "make test" does: rapid's with RAPID_CHECKS
# checks (500), and those over the model server, which declare a -seeds flag, with
# SEEDS seeds (40: 8,000 operations a row). Nightly: RAPID_CHECKS=3000 SEEDS=500.
set -euo pipefail
cd "$(dirname "$0")/.."

# declaring prints the packages whose tests match the pattern; at least one.
declaring() {
	grep -rlE --include='*_test.go' "$1" . | grep -vE '^\./(internal/checks|tests|bench|journal)/' |
		xargs -r -n 1 dirname | sort -u | grep . || { echo "no test matches $1" >&2; return 1; }
}

rapid=$(declaring '"pgregory\.net/rapid"$')
model=$(declaring 'flag\.[A-Za-z0-9]+\(.*"seeds"')
# shellcheck disable=SC2086 # the lists are one argument per package
{
	# Without the race detector, which "make race" uses, for more seeds.
	go test $rapid -rapid.checks="${RAPID_CHECKS:-500}"
	go test -timeout 30m $model -seeds="${SEEDS:-40}"
}
