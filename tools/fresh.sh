#!/usr/bin/env bash
# Fails if the committed generated code is not what the generator writes.
# It leaves the new code in the tree: look at the difference, then commit it.
set -euo pipefail
cd "$(dirname "$0")/.."

before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
generated=(gen/*.gen.go zz_*.gen.go bluesnap/*.gen.go docs/inferred.md)
cp "${generated[@]}" "$before"
rm "${generated[@]}" # what is not written anew is stale
go generate ./gen ./bluesnap
mkdir "$before/now"
cp gen/*.gen.go zz_*.gen.go bluesnap/*.gen.go docs/inferred.md "$before/now"
diff -u --exclude=now "$before" "$before/now" || {
	echo "generated code was stale; the generator has just written it anew" >&2
	exit 1
}
echo "generated code is fresh"
