#!/usr/bin/env bash
# Stops the sshd that sshd-up.sh started in a work directory, and its sessions.
#   sshd-down.sh WORKDIR
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,3p' "$0"; exit 2; }
PIDFILE=$1/sshd.pid
[ -s "$PIDFILE" ] || exit 0
PID=$(cat "$PIDFILE")
grep -q '^sshd' "/proc/$PID/comm" 2>/dev/null || { rm -f "$PIDFILE"; exit 0; }
for session in $(pgrep -P "$PID" || true); do
  kill "$session" 2>/dev/null || true
done
kill "$PID"
end=$((SECONDS + 10))
while kill -0 "$PID" 2>/dev/null && ! grep -q ') Z ' "/proc/$PID/stat" 2>/dev/null; do
  [ $SECONDS -lt $end ] || { echo "sshd-down.sh: pid=$PID does not end" >&2; exit 1; }
  sleep 0.05
done
rm -f "$PIDFILE"
