#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Requests a second of a tiny operation (session looked up, rate limited, permission checked, run in a worker), beside one
# that is answered at once: the ratio says what the former costs. Client and server share the machine. Needs wrk.
#   ninja -C BUILD bench/bench-http && bench/bench-http.sh BUILD/bench/bench-http [SECONDS]
set -eu
server=$1
seconds=${2:-5}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkfifo "$dir/in"
"$server" < "$dir/in" > "$dir/out" &
exec 3> "$dir/in"
while ! [ -s "$dir/out" ]; do :; done
read -r port cookie < "$dir/out"
for path in /healthz /api/v1/session /api/v1/toys; do
  printf '%-18s' "$path"
  wrk -t2 -c32 -d"${seconds}s" --latency -H "Cookie: $cookie" "http://127.0.0.1:$port$path" |
    awk '/99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 } /Non-2xx/ { bad = $0 } END { printf "%9.0f/s  p99 %s %s\n", rate, p99, bad }'
done
exec 3>&-
wait
tail -n 1 "$dir/out"
