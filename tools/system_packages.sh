#!/bin/bash
# Install the programs the tests need that pip cannot bring. Says the line to type if it may not.
set -euo pipefail

have_postgresql() {
    command -v initdb >/dev/null && command -v postgres >/dev/null && return
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

have_chromium() {
    [ -x /usr/bin/chromium ]
}

install_package() {
    local name=$1 as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo -n)
    fi
    echo "The tests need $name: installing it"
    if ! { "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "$name"; } >&2; then
        echo "The tests need $name, and it could not be installed here. Type:" >&2
        echo "    sudo apt-get install $name" >&2
        return 1
    fi
}

missing=0
have_postgresql || install_package postgresql || missing=1
have_chromium || install_package chromium || missing=1
exit $missing
