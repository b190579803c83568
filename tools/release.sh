#!/usr/bin/env bash
# Tags a release: first the root module, then the nested modules, which require
# it. It prints what to push, and pushes nothing. Before: set Version in client.go and bluesnap/client.go, give the changes
# in CHANGELOG.md their version and date, run "make check", commit.
#
#	tools/release.sh v1.2.3
set -euo pipefail
cd "$(dirname "$0")/.."

# published are the folders of the nested modules that users import or install, in
# the order of their tags.
published=(journal/sqlite journal/postgres otelbardge bulk fleet/river cmd/bardge)

version=${1:?"usage: tools/release.sh v1.2.3"}
[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9a-z.]+)?$ ]] || { echo "$version is no version" >&2; exit 1; }
[ -z "$(git status --porcelain)" ] || { echo "the tree has uncommitted changes" >&2; exit 1; }
for file in client.go bluesnap/client.go; do
	grep -qx "const Version = \"${version#v}\"" "$file" || { echo "Version in $file is not ${version#v}" >&2; exit 1; }
done
grep -qF "## [${version#v}] - " CHANGELOG.md || { echo "CHANGELOG.md has no section for ${version#v}" >&2; exit 1; }
for tag in "$version" "${published[@]/%//$version}"; do
	! git rev-parse --quiet --verify "refs/tags/$tag" >/dev/null || { echo "the tag $tag exists" >&2; exit 1; }
done

git tag --annotate --message "bardge-go $version" "$version"

# The nested modules require the root, and each other, in this version.
ours='github.com/bardge/bardge-go(/[a-z/]+)?'
git ls-files '*/go.mod' | while read -r file; do
	for required in $(grep -oE "^(require)?\s*$ours v" "$file" | grep -oE "$ours" | sort -u); do
		go mod edit -require="$required@$version" "$file"
	done
done
git diff --quiet || git commit --quiet --all --message "Require $version of this repository's modules"

tags=("$version")
for folder in "${published[@]}"; do
	git tag --annotate --message "$folder $version" "$folder/$version"
	tags+=("$folder/$version")
done
echo "tagged; to publish:"
echo "	git push origin HEAD ${tags[*]}"
