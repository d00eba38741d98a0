#!/bin/bash
# Choose the newest allowed version of every dependency and write the requirements files.
set -euo pipefail
cd "$(dirname "$0")/.."
work=build/lock
"${1:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pip-tools

ask() {
    "$work/venv/bin/python" - "$1" "$2" <<'PYTHON'
import configparser
import sys

parsed = configparser.ConfigParser()
parsed.read("setup.cfg")
print(parsed[sys.argv[1]][sys.argv[2]].strip())
PYTHON
}

compile() {
    local out=$1 about=$2
    shift 2
    "$work/venv/bin/pip-compile" --quiet --allow-unsafe --generate-hashes --strip-extras \
        --no-header --no-annotate --no-emit-index-url --no-emit-trusted-host \
        --no-emit-find-links "$@" -o "$work/$out"
    { echo "# $about Made by: make lock"; grep -v '^$\|^# ' "$work/$out"; } >"$out"
}

ask options install_requires >"$work/run.in"
ask options.extras_require test >"$work/test.in"
echo 'setuptools>=68' >"$work/build.in"
compile requirements.txt "What MOM runs with: exact versions and their checksums." "$work/run.in"
compile requirements-test.txt "What the tests and checks need beside it." \
    -c requirements.txt "$work/test.in"
compile requirements-build.txt "What builds and installs the package." "$work/build.in"
