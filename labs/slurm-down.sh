#!/bin/bash
# Stops what slurm-up.sh started in WORKDIR, by its pid files.   slurm-down.sh WORKDIR [--wipe]
set -u
[ $# -ge 1 ] || { sed -n 2p "$0"; exit 2; }
W=$(cd "$1" 2>/dev/null && pwd) || exit 0
export SLURM_CONF=$W/etc/slurm.conf
alive() { [ -r "/proc/$1/stat" ] && ! grep -q ') Z ' "/proc/$1/stat" 2>/dev/null; }
stop() { # pid file, command name it must have
  local p; [ -s "$1" ] || return 0; p=$(cat "$1")
  case "$(cat "/proc/$p/comm" 2>/dev/null)" in "$2"*) ;; *) rm -f "$1"; return 0;; esac
  kill -TERM "$p" 2>/dev/null
  for ((i = 0; i < 100; i++)); do alive "$p" || break; sleep 0.05; done
  alive "$p" && kill -KILL "$p" 2>/dev/null
  rm -f "$1"
}
[ -s "$W/run/slurmctld.pid" ] && { timeout 5 scancel --full -u root,$(id -un 2>/dev/null) >/dev/null 2>&1
  timeout 5 squeue -h -o %A 2>/dev/null | sort -u | xargs -r timeout 5 scancel --full -s KILL >/dev/null 2>&1
  for ((i = 0; i < 60; i++)); do [ -n "$(timeout 2 squeue -h -t R,CG,S 2>/dev/null)" ] || break; sleep 0.1; done; }
stop "$W/run/sshd.pid" sshd
for f in "$W"/run/slurmrestd-*.pid; do stop "$f" slurmrestd; done
for f in "$W"/run/slurmd.*.pid; do stop "$f" slurmd; done
stop "$W/run/slurmctld.pid" slurmctld
stop "$W/run/slurmdbd.pid" slurmdbd
stop "$W/run/mariadb.pid" mariadbd
stop "$W/munge/pid" munged
# step daemons outlive slurmd; theirs are known by their node's spool socket
for d in /proc/[0-9]*; do
  [ "$(cat $d/comm 2>/dev/null)" = slurmstepd ] || continue
  { tr '\0' '\n' < $d/environ; } 2>/dev/null | grep -qx "SLURM_CONF=$SLURM_CONF" && kill -KILL "${d#/proc/}" 2>/dev/null
done
[ -s "$W/run/cgroups" ] && while read -r c; do
  find "$c" -mindepth 1 -depth -type d -path '*/slurm_n*' -exec rmdir {} + 2>/dev/null
done < "$W/run/cgroups"
rm -f "$W/run/cgroups"
[ "${2:-}" = --wipe ] && rm -rf "$W"
exit 0
