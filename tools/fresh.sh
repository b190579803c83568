#!/usr/bin/env bash
# Fails if the committed generated code is not what the generator writes.
# It leaves the new code in the tree: look at the difference, then commit it.
set -euo pipefail
cd "$(dirname "$0")/.."

before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
cp -R gen "$before/gen"
rm gen/*.gen.go # what is not written anew is stale
go generate ./gen
diff -ru "$before/gen" gen || {
	echo "gen/ was stale; the generator has just written what stands there now" >&2
	exit 1
}
echo "gen/ is fresh"
