#!/bin/bash
# Stops what slurm-hosts-up.sh started in WORKDIR.  A host's namespaces go with its process 1.
#   slurm-hosts-down.sh WORKDIR [--wipe]
set -u
[ $# -ge 1 ] || { sed -n 2,3p "$0"; exit 2; }
W=$(cd "$1" 2>/dev/null && pwd) || exit 0
gone() { [ ! -r "/proc/$1/stat" ] || grep -q ') Z ' "/proc/$1/stat" 2>/dev/null; }
for f in "$W"/run/n*.init "$W/run/login.init"; do
  [ -s "$f" ] || continue
  p=$(cat "$f"); w=${f%.init}.wire
  [ ! -s "$w" ] || { kill -TERM "$(cat "$w")" 2>/dev/null; rm -f "$w"; }
  case "$(cat "/proc/$p/cmdline" 2>/dev/null | tr '\0' ' ')" in *"slurm-host-init.sh $W "*) kill -KILL "$p";; esac
  for ((i = 0; i < 100; i++)); do gone "$p" && break; sleep 0.02; done
  rm -f "$f"
done
[ ! -s "$W/etc/net" ] || { . "$W/etc/net"; ip link del "sl${NET//./}h" 2>/dev/null; }
rm -f "$W"/run/*.pid "$W"/run/*.go
[ "${2:-}" = --wipe ] && rm -rf "$W"
exit 0
