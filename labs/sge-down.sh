#!/bin/bash
# Stops what sge-up.sh started in WORKDIR, by its pid files.   sge-down.sh WORKDIR [--wipe]
set -u
[ $# -ge 1 ] || { sed -n 2p "$0"; exit 2; }
W=$(cd "$1" 2>/dev/null && pwd) || exit 0
[ ! -s "$W/env.sh" ] || . "$W/env.sh"
alive() { [ -r "/proc/$1/stat" ] && ! grep -q ') Z ' "/proc/$1/stat" 2>/dev/null; }
stop() { # pid file, command name it must have
  local p; [ -s "$1" ] || return 0; p=$(cat "$1")
  case "$(cat "/proc/$p/comm" 2>/dev/null)" in "$2"*) ;; *) rm -f "$1"; return 0;; esac
  kill -CONT "$p" 2>/dev/null; kill -TERM "$p" 2>/dev/null
  for ((i = 0; i < 100; i++)); do alive "$p" || break; sleep 0.05; done
  alive "$p" && kill -KILL "$p" 2>/dev/null
  rm -f "$1"
}
[ ! -s "$W/env.sh" ] || { timeout 5 qdel -u '*' >/dev/null 2>&1 &&
  for ((i = 0; i < 60; i++)); do [ -n "$(timeout 2 qstat -u '*' -s rs 2>/dev/null)" ] || break; sleep 0.1; done; }
# the host's folder may be named localhost
for f in "$W"/root/default/spool/execd/*/execd.pid; do stop "$f" sge_execd; done
stop "$W/root/default/spool/qmaster/qmaster.pid" sge_qmaster
case "$(readlink /usr/lib/gridengine)" in "$W"/*) rm -f /usr/lib/gridengine;; esac
[ "${2:-}" = --wipe ] && rm -rf "$W"
exit 0
