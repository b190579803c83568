#!/usr/bin/env bash
# Lists how the exported API differs from a tag's (default: the last tag's), and
# fails if it is incompatible.
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
apidiff -m -incompatible "$work/base.api" "$work/head.api" | { ! grep .; }
