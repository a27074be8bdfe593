#!/bin/bash
# Ends the nodes of mpi-nodes-up.sh with all processes on them, and deletes their files.   mpi-nodes-down.sh WORKDIR
set -euo pipefail
W=$(cd "$1" && pwd)
gone() { [ ! -r "/proc/$1/stat" ] || grep -q ') Z ' "/proc/$1/stat" 2>/dev/null; }
for init in "$W"/n*.init; do
  [ -s "$init" ] || continue
  p=$(cat "$init"); kill -KILL "$p" 2>/dev/null || true
  for ((i = 0; i < 500; i++)); do gone "$p" && break; sleep 0.01; done
done
rm -f "$W"/n*.{init,made,log} "$W"/{hosts,on,ssh,sshd_config,known_hosts,host,host.pub,id,id.pub}; rmdir "$W" 2>/dev/null || true
