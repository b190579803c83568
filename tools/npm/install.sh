#!/usr/bin/env bash
# Puts what the lock file names into a cache directory of the user's, once, and
# prints where its programs are.
set -euo pipefail
cd "$(dirname "$0")"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/bardge-go/npm
if ! cmp -s package-lock.json "$cache/node_modules/.installed"; then
	mkdir -p "$cache"
	cp package.json package-lock.json .npmrc "$cache/"
	(cd "$cache" && npm ci --ignore-scripts >&2)
	cp package-lock.json "$cache/node_modules/.installed"
fi
echo "$cache/node_modules/.bin"
