#!/usr/bin/env bash
# Lints gen/openapi.yaml with Spectral by the rules in tools/npm/openapi.yaml, and
# the sandbox's control API by those in tools/npm/control.yaml; a warning is an
# error.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(tools/npm/install.sh)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

lint() {
	"$bin/spectral" lint --ruleset tools/npm/openapi.yaml --fail-severity hint --quiet "$1"
}

lint gen/openapi.yaml
"$bin/spectral" lint --ruleset tools/npm/control.yaml --fail-severity hint --quiet internal/sandboxserver/control/openapi.json

# Rules that accept everything prove nothing: each must reject a copy that breaks
# it.
cp gen/openapi.yaml "$work/broken.yaml"
rules=()
break_rule() {
	local rule=$1 edit=$2
	cp "$work/broken.yaml" "$work/before.yaml"
	sed -i -E "$edit" "$work/broken.yaml"
	! cmp -s "$work/before.yaml" "$work/broken.yaml" || { echo "$rule: nothing to break" >&2; exit 1; }
	rules+=("$rule")
}
break_rule operation-operationId-unique 's/operationId: ListPasses$/operationId: IssuePass/'
break_rule operation-description '/One page of the pass packages/d'
break_rule oas3-unused-component 's/^  schemas:/&\n    Unused: {type: string, description: An unused word.}/'
break_rule open-enumerations 's/x-extensible-enum: \[spa, class\]/enum: [spa, class]/'
break_rule open-objects '0,/^      type: object/s//&\n      additionalProperties: false/'
break_rule epochs-are-integers '0,/type: integer, format: epoch/s//type: string, format: epoch/'
break_rule epochs-name-their-unit '0,/ as milliseconds since the epoch/s///'
break_rule errors-have-a-shape '0,/^        default: .*/s///'
break_rule https-only 's#url: https:#url: http:#'

status=0
lint "$work/broken.yaml" >"$work/objections" || status=$?
if [ "$status" -ne 1 ]; then # 2 is a linter that did not run
	cat "$work/objections" >&2
	echo "linting the broken contract ended with status $status" >&2
	exit 1
fi
for rule in "${rules[@]}"; do
	grep -qw -- "$rule" "$work/objections" || { echo "$rule did not reject it" >&2; exit 1; }
done
echo "gen/openapi.yaml is clean; ${#rules[@]} rules rejected a contract that breaks them"
