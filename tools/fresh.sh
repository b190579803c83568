#!/usr/bin/env bash
# Fails if the committed generated code is not what the generators write.
# It leaves the new code in the tree: review the difference, then commit it.
set -euo pipefail
cd "$(dirname "$0")/.."

calls=cmd/bardge/internal/calls
copy() { # generated files, into a folder
	mkdir -p "$1/gen" "$1/bluesnap" "$1/calls"
	cp zz_*.gen.go "$1"
	cp gen/*.gen.go "$1/gen"
	cp bluesnap/*.gen.go "$1/bluesnap"
	cp "$calls"/*.gen.go "$1/calls"
	cp docs/inferred.md "$1"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy "$work/before"
rm gen/*.gen.go zz_*.gen.go bluesnap/*.gen.go "$calls"/*.gen.go docs/inferred.md # what is not generated again is stale
go generate ./gen ./bluesnap
(cd cmd/bardge && go generate ./internal/calls) # from the code above
copy "$work/now"
diff -ru "$work/before" "$work/now" || {
	echo "generated code was stale; the generator has written it again" >&2
	exit 1
}
echo "generated code is fresh"
