#!/usr/bin/env bash
# Runs the steps of "make check" in two lanes side by side, and prints each step's
# output when it has ended. Tests that wait for real clocks have a lane of their
# own, one step at a time. What mostly computes gives way to them.
set -euo pipefail
cd "$(dirname "$0")/.."

first=(subjects fresh tidy) # quick; the second one writes the tree anew
tests=(openapi contract modules race examples seeds) # the first one downloads
rest=(lint oldest consumers fuzz)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'trap - TERM; kill 0' INT TERM # the other lane, too

# run runs a step, unless another one has failed.
run() {
	local step=$1 status=0 TIMEFORMAT="== $1 took %0R s (user %0U s, system %0S s)"
	[ ! -e "$work/failed" ] || return 1
	echo "== $step begins"
	{ time make --no-print-directory "$step"; } >"$work/$step" 2>&1 || status=$?
	[ "$status" -eq 0 ] || { touch "$work/failed"; echo "== $step failed" >>"$work/$step"; }
	until mkdir "$work/printing" 2>/dev/null; do sleep 0.1; done
	cat "$work/$step"
	rmdir "$work/printing"
	return "$status"
}

lane() { for step in "$@"; do run "$step" || return; done; }

lane "${first[@]}"
{
	renice -n 5 -p "$BASHPID" >/dev/null
	lane "${rest[@]}"
} &
status=0
lane "${tests[@]}" || status=$?
wait $! || status=$?
exit "$status"
