#!/usr/bin/env bash
# Tidies cmd/bardge; with -diff it reports what is not tidy. Its go.mod must not
# have a "replace", and "go mod tidy" does not read go.work, so what is tidied is
# a copy of go.mod with the replacements of go.work.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ours=github.com/bardge/bardge-go
folders=("" /bulk /fleet/river /journal/postgres /journal/sqlite)

cd cmd/bardge
cp go.mod "$work/go.mod"
if [ -f go.sum ]; then cp go.sum "$work/go.sum"; fi
for folder in "${folders[@]}"; do
	go mod edit -replace="$ours$folder=$root$folder" "$work/go.mod"
done
GOWORK=off go mod tidy -modfile="$work/go.mod" "$@"
for folder in "${folders[@]}"; do
	go mod edit -dropreplace="$ours$folder" "$work/go.mod"
done
if [ $# = 0 ]; then cp "$work/go.mod" "$work/go.sum" .; fi
