#!/bin/bash
# One host of slurm-hosts-up.sh's lab.   slurm-host.sh WORKDIR start|kill|cut|join HOST
#   start: makes the host (again);  kill: all its processes at once, as a power cut does;
#   cut, join: unplugs its cable and plugs it in again
set -euo pipefail; export PATH=$PATH:/usr/sbin:/sbin
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
W=$(cd "$1" && pwd); what=$2 h=$3
. "$W/etc/net"
export SLURM_CONF=$W/etc/slurm.conf
die() { echo "slurm-host.sh: $*" >&2; exit 1; }
gone() { [ ! -r "/proc/$1/stat" ] || grep -q ') Z ' "/proc/$1/stat" 2>/dev/null; }
case $what in
  kill)
    p=$(cat "$W/run/$h.init"); kill -KILL "$p"
    [ ! -s "$W/run/$h.wire" ] || { kill -KILL "$(cat "$W/run/$h.wire")" 2>/dev/null || true; rm -f "$W/run/$h.wire"; }
    for ((i = 0; i < 100; i++)); do gone "$p" && break; sleep 0.02; done
    rm -f "$W/run/$h.init"; exit 0;;
  cut) exec nsenter -t "$(cat "$W/run/login.init")" -n ip link set "p-$h" down;;
  join) exec nsenter -t "$(cat "$W/run/login.init")" -n ip link set "p-$h" up;;
  start) ;;
  *) die "what is $what?";;
esac
mkdir -p "$W/spool/$h" "$W/tmp/$h"; chmod 1777 "$W/tmp/$h"; rm -f "$W/run/$h.go"
rm -f "$W/run/slurmd.$h.pid"; [ "$h" != login ] || rm -f "$W/run/slurmctld.pid" "$W/munge/sock"* "$W/munge/pid"
setsid unshare -n -u -i -m -p -f --kill-child --mount-proc bash "$HERE/slurm-host-init.sh" "$W" "$h" > "$W/log/init.$h.log" 2>&1 < /dev/null &
u=$!
for ((i = 0; i < 200; i++)); do p=$(cat "/proc/$u/task/$u/children" 2>/dev/null || true); p=${p%% *}; [ -n "$p" ] && [ "$(cat "/proc/$p/comm" 2>/dev/null)" = bash ] && break; sleep 0.01; done
[ -n "$p" ] || die "no process 1 for $h"
echo "$p" > "$W/run/$h.init"
n() { nsenter -t "$p" -n ip "$@"; }
if [ "$h" = login ]; then
  n link add br0 type bridge forward_delay 0; n addr add "$NET.10/24" dev br0; n link set br0 up
  # this machine's own cable into the lab
  ip link del "sl${NET//./}h" 2>/dev/null || true
  ip link add "sl${NET//./}h" type veth peer name p-host netns "$p"
  n link set p-host master br0 up; ip addr add "$NET.254/24" dev "sl${NET//./}h"; ip link set "sl${NET//./}h" up
else
  l=$(cat "$W/run/login.init")
  ln() { nsenter -t "$l" -n ip "$@"; }
  ln link del "p-$h" 2>/dev/null || true
  if [ -n "$DELAY" ]; then
    # no netem in this kernel: a process of our own carries the frames
    setsid python3 "$HERE/wire.py" "$l" "p-$h" "$p" eth0 --delay "$DELAY" --jitter "$JITTER" --loss "$LOSS" --rate "$RATE" > "$W/log/wire.$h.log" 2>&1 < /dev/null &
    echo $! > "$W/run/$h.wire"
    for ((i = 0; i < 200; i++)); do n link show eth0 >/dev/null 2>&1 && break; sleep 0.02; done
  else
    n link add eth0 type veth peer name "p-$h" netns "$l"
  fi
  # the same hardware address in every life, or the others' ARP caches are wrong for half a minute
  IFS=. read -r a b c <<< "$NET"; n link set eth0 address "$(printf '02:00:%02x:%02x:%02x:%02x' "$a" "$b" "$c" $((10 + ${h#n})))"
  n link set eth0 mtu "$MTU"; ln link set "p-$h" mtu "$MTU"
  ln link set "p-$h" master br0 up; n addr add "$NET.$((10 + ${h#n}))/24" dev eth0; n link set eth0 up
fi
: > "$W/run/$h.go"
if [ "$h" = login ]; then
  for ((i = 0; i < 200; i++)); do scontrol ping >/dev/null 2>&1 && exit 0; sleep 0.05; done
  die "slurmctld does not answer: see $W/log"
fi
for ((i = 0; i < 200; i++)); do
  nsenter -t "$l" -n bash -c "exec 3<>/dev/tcp/$NET.$((10 + ${h#n}))/16818" 2>/dev/null && exit 0; sleep 0.05
done
die "slurmd of $h does not answer: see $W/log"
