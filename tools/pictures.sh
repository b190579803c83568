#!/usr/bin/env bash
# Takes the pictures in docs/ anew, in the tests of the console's pages. It needs
# Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CI=1 BARDGE_SCREENSHOTS=$work go test -C cmd/bardge -count=1 \
	-run '^(TestConsoleResolvesAnOperation|TestLiveShowsALostResponse)$' .
cp "$work/operations-light.png" docs/operations.png
cp "$work/live-requests.png" docs/live-requests.png
