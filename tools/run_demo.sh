#!/bin/bash
# MOM with a small simulated fleet, everything under ./var; Ctrl-C ends both.
# At the first run HTTPS_PORT chooses the port of the page, FLEET_PORT that of the first OMM.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
var=$PWD/var
sites=("Headquarters" "Factory" "Harbour" "Hospital" "Museum")

mkdir -p "$var/fleet" "$var/log"
if [ ! -e "$var/mom.toml" ]; then
    cat >"$var/mom.toml" <<TOML
# The configuration of \`make run\`; etc/mom.toml explains every key.
[paths]
state = "state"
log = "log"
resources = "resources"
omm_files = "omm_files"

[listen]
https = "tcp:${HTTPS_PORT:-8443}"
http = ""
maxi_tls = ""

[axi]
reconnect_seconds = 5
TOML
fi
export MOM_CONFIG=$var/mom.toml
"$bin/mom" check-config >/dev/null
page=$("$bin/python" -c 'import os; from mom.config import config_file, load
print(load(config_file(None, os.environ)).listen.https)')
if [[ $page =~ ^tcp6?:([0-9]+)(:interface=([0-9.]+))? ]]; then
    page=https://${BASH_REMATCH[3]:-localhost}:${BASH_REMATCH[1]}
fi
fleet_port=${FLEET_PORT:-12701}
[ ! -e "$var/fleet_port" ] || fleet_port=$(<"$var/fleet_port")

started=()
finish() {
    trap - EXIT INT TERM
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
    done
    wait
}
gave_up() {
    echo "$1 did not start. The end of $var/log/$2:"
    tail -n 5 "$var/log/$2"
    echo "$3"
    exit 1
}
runs() {
    state=$("$bin/mom" status --json 2>/dev/null) && [[ $state == *'"running": true'* ]]
}
trap finish EXIT
trap 'exit 0' INT TERM

# What is started below holds the lock too: it is free when all of it has ended.
exec 9>"$var/lock"
if ! flock -n 9 || runs; then
    echo "MOM is running already: $page   Its logs: $var/log"
    exit 1
fi
"$bin/mom" init

"$bin/twistd" -n --pidfile= --logfile="$var/log/ommsim.log" ommsim \
    --omms "${#sites[@]}" --users 20 --devices 22 --unbound-users 3 \
    --base-port $((fleet_port - 1)) --state "$var/fleet" --control var/ommsim.sock \
    --life working-day:1800 --sari 1F1028D085 &
simulator=$!
started+=("$simulator")
until "$bin/python" -m mom.sim.control var/ommsim.sock status >/dev/null 2>&1; do
    kill -0 "$simulator" 2>/dev/null || gave_up "The simulated fleet" ommsim.log \
        "Other ports for it: make run FLEET_PORT=13701"
done

# The licence comes last: where there is one, all the rest is there, or was taken away on purpose.
state=$("$bin/mom" status --json)
if [[ $state == *'"sari": ""'* ]]; then
    echo "$fleet_port" >"$var/fleet_port"
    "$bin/mom" settings suppressTableUpdates=Off systemName="MOM demonstration" >/dev/null
    for number in "${!sites[@]}"; do
        [[ $state == *"\"name\": \"${sites[$number]}\""* ]] ||
            "$bin/mom" omm add --name "${sites[$number]}" --omm1 127.0.0.1 \
                --port $((fleet_port + number)) --username omm --password omm
    done
    "$bin/mom" license issue --sari 1F1028D085 --customer Demonstration --country Nowhere \
        --out "$var/license.xml"
    "$bin/mom" license import "$var/license.xml"
fi

"$bin/twistd" -n --pidfile= --logfile="$var/log/mom.log" mom &
service=$!
started+=("$service")

echo
echo "MOM:  $page   sign in as mom, at first with the password mom"
echo "Logs: $var/log"
echo "What to try from another terminal: README.md, Try it"
echo
until runs; do
    kill -0 "$service" 2>/dev/null || gave_up MOM mom.log "Its ports are chosen in $MOM_CONFIG"
done
while kill -0 "$service" 2>/dev/null; do
    if [ -t 1 ]; then
        state=$("$bin/mom" status || true)
        # Drawn over the old picture; what the terminal showed before stays in its history.
        clear -x
        echo "$page   account mom, at first with the password mom   Ctrl-C ends"
        echo
        echo "$state" | cut -c "1-$(tput cols)"
        echo
        tail -n 8 "$var/log/mom.log" | cut -c "1-$(tput cols)"
        sleep 2
    else
        "$bin/mom" status || true
        wait "$service"
    fi
done
