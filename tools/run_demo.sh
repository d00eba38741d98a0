#!/bin/bash
# MOM with a small simulated fleet, everything under ./var; Ctrl-C ends both.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
var=$PWD/var
sites=("Headquarters" "Factory" "Harbour" "Hospital" "Museum")
first_port=12701

mkdir -p "$var/fleet"
if [ ! -e "$var/mom.toml" ]; then
    cat >"$var/mom.toml" <<TOML
# The configuration of \`make run\`; etc/mom.toml explains every key.
[paths]
state = "state"
log = "log"
resources = "resources"
omm_files = "omm_files"

[listen]
https = "tcp:8443"
http = ""
maxi_tls = ""

[axi]
reconnect_seconds = 5
TOML
fi
export MOM_CONFIG=$var/mom.toml

started=()
finish() {
    trap - EXIT INT TERM
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
    done
    wait
}
gave_up() {
    echo "$1 did not start:"
    tail -n 5 "$var/log/$2"
    exit 1
}
trap finish EXIT
trap 'exit 0' INT TERM

if "$bin/mom" status --json 2>/dev/null | grep -q '"running": true'; then
    echo "MOM is running already: https://localhost:8443"
    exit 1
fi
new=true
[ -e "$var/state/mom.db" ] && new=false
"$bin/mom" init

"$bin/twistd" -n --pidfile= --logfile="$var/log/ommsim.log" ommsim \
    --omms "${#sites[@]}" --users 20 --devices 22 --unbound-users 3 \
    --base-port $((first_port - 1)) --state "$var/fleet" --control var/ommsim.sock \
    --life working-day:1800 --sari 1F1028D085 &
simulator=$!
started+=("$simulator")
until "$bin/python" -m mom.sim.control var/ommsim.sock status >/dev/null 2>&1; do
    kill -0 "$simulator" 2>/dev/null || gave_up "The simulated fleet" ommsim.log
done

if $new; then
    "$bin/mom" settings suppressTableUpdates=Off systemName="MOM demonstration" >/dev/null
    "$bin/mom" license issue --sari 1F1028D085 --customer Demonstration --country Nowhere \
        --out "$var/license.xml"
    "$bin/mom" license import "$var/license.xml"
    for number in "${!sites[@]}"; do
        "$bin/mom" omm add --name "${sites[$number]}" --omm1 127.0.0.1 \
            --port $((first_port + number)) --username omm --password omm
    done
fi

"$bin/twistd" -n --pidfile= --logfile="$var/log/mom.log" mom &
started+=($!)
service=$!

echo
echo "MOM:  https://localhost:8443   sign in as mom, at first with the password mom"
echo "Logs: $var/log"
echo "What to try from another terminal: README.md, Try it"
echo
until "$bin/mom" status --json 2>/dev/null | grep -q '"running": true'; do
    kill -0 "$service" 2>/dev/null || gave_up MOM mom.log
done
while kill -0 "$service" 2>/dev/null; do
    if [ -t 1 ]; then
        state=$("$bin/mom" status || true)
        # Drawn over the old picture; what the terminal showed before stays in its history.
        clear -x
        echo "https://localhost:8443   account mom, at first with the password mom   Ctrl-C ends"
        echo
        echo "$state"
        echo
        tail -n 8 "$var/log/mom.log" | cut -c "1-$(tput cols)"
        sleep 2
    else
        "$bin/mom" status || true
        wait "$service"
    fi
done
