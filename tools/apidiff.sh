#!/usr/bin/env bash
# Lists how the exported API differs from a tag's (default: the last tag's), and
# fails if it is incompatible. Previews may change: they are outside the promise.
#
#	tools/apidiff.sh [v1.2.3]
set -euo pipefail
cd "$(dirname "$0")/.."

base=${1:-$(git describe --tags --match 'v*' --abbrev=0 2>/dev/null || true)}
[ -n "$base" ] || { echo "no release yet: nothing to compare with"; exit 0; }
work=$(mktemp -d)
trap 'git worktree remove --force "$work/base" 2>/dev/null; rm -rf "$work"' EXIT
git worktree add --quiet --detach "$work/base" "$base"
apidiff() { go run golang.org/x/exp/cmd/apidiff@v0.0.0-20261113113407-e3970619a1a4 "$@"; }
(cd "$work/base" && apidiff -m -w "$work/base.api" github.com/bardge/bardge-go)
apidiff -m -w "$work/head.api" github.com/bardge/bardge-go
apidiff -m "$work/base.api" "$work/head.api"

# previews names what a tree's contract marks as a preview, and what the
# generator makes of it.
previews() {
	echo Preview PreviewService
	(cd "$1" && sed -nE 's/^type (\w+) .*/\1/p' <(grep -hA1 'A preview: ' zz_models.gen.go || true))
	(cd "$1" && awk '/operationId:/ {id = $2} /x-preview: true/ && id {print id, "Op" id, "New" id "Request"; id = ""}' gen/openapi.yaml)
}
names=$( (previews "$work/base"; previews .) | tr ' ' '\n' | sort -u | paste -sd'|')
apidiff -m -incompatible "$work/base.api" "$work/head.api" | sed -E "/^- [^:]*\b($names)\b/d" | { ! grep .; }
