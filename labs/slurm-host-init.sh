#!/bin/bash
# Process 1 of a host of slurm-hosts-up.sh's lab: waits for its cable, starts its daemons, collects orphans.
W=$1 h=$2
hostname "$h"
mount --bind "$W/etc/hosts" /etc/hosts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
ip link set lo up
for ((i = 0; i < 200; i++)); do [ -e "$W/run/$h.go" ] && break; sleep 0.02; done
if [ "$h" = login ]; then
  munged --key-file="$W/munge/key" --socket="$W/munge/sock" --pid-file="$W/munge/pid" --force \
    --log-file="$W/munge/log" --seed-file="$W/munge/seed" --num-threads=2
  slurmctld
else slurmd -N "$h"; fi
while :; do sleep 3600 & wait $!; done
