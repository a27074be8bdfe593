#!/bin/bash
# A real Slurm whose nodes are separate "hosts" on one machine: each has its own network, UTS (host
# name), PID, IPC and mount namespaces, its own address, /dev/shm and slurmd.  Root, no systemd.
#   slurm-hosts-up.sh WORKDIR [--nodes 4] [--cpus 4] [--mem 4000] [--gpus 0] [--net 10.77.0]
#                       [--delay MS --jitter MS --loss PERCENT --rate MBIT] [--mtu 1500]
#                       [--min-job-age 300] [--kill-wait 2] [--slurmd-timeout 10] [--ssh] [--user NAME]
# Hosts: login = NET.10 (munged, slurmctld, the bridge), nK = NET.(10+K), this machine = NET.254.
# Then: . WORKDIR/env.sh (Slurm commands work from here), or  WORKDIR/on HOST COMMAND...
# Node life:  slurm-host.sh WORKDIR kill|start|cut|join nK      Stop: slurm-hosts-down.sh WORKDIR
set -euo pipefail
umask 022; export PATH=$PATH:/usr/sbin:/sbin
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,10p' "$0"; exit 2; }
W=$1; shift
NODES=4 CPUS=4 MEM=4000 GPUS=0 NET=10.77.0 DELAY= JITTER=0 LOSS=0 RATE=0 MTU=1500 MINAGE=300 KILLWAIT=2 DTIMEOUT=10 SSH= LUSER=
while [ $# -gt 0 ]; do case $1 in
  --nodes) NODES=$2; shift 2;; --cpus) CPUS=$2; shift 2;; --mem) MEM=$2; shift 2;; --gpus) GPUS=$2; shift 2;;
  --net) NET=$2; shift 2;; --delay) DELAY=$2; shift 2;; --jitter) DELAY=${DELAY:-0} JITTER=$2; shift 2;;
  --loss) DELAY=${DELAY:-0} LOSS=$2; shift 2;; --rate) DELAY=${DELAY:-0} RATE=$2; shift 2;; --mtu) MTU=$2; shift 2;;
  --min-job-age) MINAGE=$2; shift 2;; --kill-wait) KILLWAIT=$2; shift 2;; --slurmd-timeout) DTIMEOUT=$2; shift 2;;
  --ssh) SSH=1; shift;; --user) LUSER=$2; shift 2;;
  *) echo "slurm-hosts-up.sh: unknown option $1" >&2; exit 2;; esac; done
die() { echo "slurm-hosts-up.sh: $*" >&2; exit 1; }
live() { [ -s "$1" ] && [ -r "/proc/$(cat "$1")/stat" ] && ! grep -q ') Z ' "/proc/$(cat "$1")/stat"; }
wait_for() { local t=$1; shift; local end=$((SECONDS + t)); until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.05; done; }
mkdir -p "$W"; W=$(cd "$W" && pwd)
mkdir -p "$W"/{etc,log,run,state,spool,munge,tmp,job,dev}
chmod 755 "$W" "$W"/*; chmod 1777 "$W/tmp" "$W/job"
export SLURM_CONF=$W/etc/slurm.conf
if [ -n "$LUSER" ]; then getent passwd "$LUSER" >/dev/null || useradd -m -s /bin/bash -p '*' "$LUSER"; fi

if ! live "$W/run/login.init"; then
  gpus=
  if [ "$GPUS" -gt 0 ]; then
    for ((i = 0; i < GPUS; i++)); do [ -c "$W/dev/gpu$i" ] || mknod -m 666 "$W/dev/gpu$i" c 1 3; done
    r="[0-$((GPUS - 1))]"; [ "$GPUS" -eq 1 ] && r=0
    printf 'AutoDetect=off\nName=gpu File=%s/dev/gpu%s\n' "$W" "$r" > "$W/etc/gres.conf"; gpus=" Gres=gpu:$GPUS"
  else rm -f "$W/etc/gres.conf"; fi
  { echo "127.0.0.1 localhost"; echo "$NET.10 login"; echo "$NET.254 $(hostname -s)"
    for ((i = 1; i <= NODES; i++)); do echo "$NET.$((10 + i)) n$i"; done; } > "$W/etc/hosts"
  lines="NodeName=DEFAULT CPUs=$CPUS Sockets=1 CoresPerSocket=$CPUS ThreadsPerCore=1 RealMemory=$MEM$gpus Feature=lab Port=16818 State=UNKNOWN"
  for ((i = 1; i <= NODES; i++)); do lines="$lines\\nNodeName=n$i NodeAddr=$NET.$((10 + i))"; done
  acct="JobCompType=jobcomp/filetxt\\nJobCompLoc=$W/log/jobcomp.txt\\nCommunicationParameters=NoAddrCache"
  sed -e "s|@HOST@|login|; s|@CTLADDR@|$NET.10|; s|@CTLPORT@|16817|; s|@DEFMEM@|$((MEM / CPUS))|" \
    -e "s|@MINJOBAGE@|$MINAGE|; s|@KILLWAIT@|$KILLWAIT|; s|@SLURMDTIMEOUT@|$DTIMEOUT|; s|@PREEMPT@|preempt/partition_prio|" \
    -e "s|@MEMKILL@|OverMemoryKill,|; s|@TRACK@|linuxproc|; s|@TASK@|none|; s|@JWT@||" \
    -e "s|@ACCT@|$acct|; s|@NODES@|$lines|; s|@W@|$W|g" "$HERE/slurm.conf.in" > "$SLURM_CONF"
  printf 'NET=%s\nMTU=%s\nDELAY=%s\nJITTER=%s\nLOSS=%s\nRATE=%s\n' "$NET" "$MTU" "$DELAY" "$JITTER" "$LOSS" "$RATE" > "$W/etc/net"
  [ -s "$W/munge/key" ] || { head -c 128 /dev/urandom > "$W/munge/key"; chmod 400 "$W/munge/key"; }
  # WORKDIR/on HOST COMMAND...: runs a command on a host of the lab
  cat > "$W/on" <<'C'
#!/bin/bash
W=$(cd "$(dirname "$0")" && pwd); h=$1; shift
export SLURM_CONF=$W/etc/slurm.conf
exec nsenter -t "$(cat "$W/run/$h.init")" -n -u -i -m -p --wdns="$PWD" "$@"
C
  chmod 755 "$W/on"
  "$HERE/slurm-host.sh" "$W" start login
fi
for ((i = 1; i <= NODES; i++)); do
  live "$W/run/n$i.init" || "$HERE/slurm-host.sh" "$W" start n$i
done
up() { [ "$(sinfo -h -p normal -t idle,mix,alloc -o %D 2>/dev/null)" = "$NODES" ]; }
wait_for 20 up || die "nodes are not up: $(sinfo -h -N -o '%N=%T' | sort -u | tr '\n' ' ') (see $W/log)"

if [ -n "$SSH" ] && [ ! -e "$W/ssh/sshd_config" ]; then
  mkdir -p "$W/ssh" /run/sshd; chmod 755 "$W/ssh"
  ssh-keygen -q -t ed25519 -N '' -f "$W/ssh/host"; ssh-keygen -q -t ed25519 -N '' -C lab -f "$W/ssh/id"
  cp "$W/ssh/id.pub" "$W/ssh/authorized_keys"
  cat > "$W/ssh/sshd_config" <<C
Port 22
HostKey $W/ssh/host
PidFile none
AuthorizedKeysFile $W/ssh/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
UseDNS no
SetEnv SLURM_CONF=$SLURM_CONF
Subsystem sftp internal-sftp
C
  : > "$W/ssh/known_hosts"
  for h in login $(for ((i = 1; i <= NODES; i++)); do echo n$i; done); do
    a=$(awk -v h=$h '$2 == h {print $1}' "$W/etc/hosts")
    echo "$h,$a $(cut -d' ' -f1,2 "$W/ssh/host.pub")" >> "$W/ssh/known_hosts"
    "$W/on" $h /usr/sbin/sshd -f "$W/ssh/sshd_config" -E "$W/log/sshd.$h.log"
  done
fi
{ echo "export SLURM_CONF=$SLURM_CONF SLURM_HOSTS_LAB=$W SLURM_LAB_HOSTS=$W/etc/hosts"
  [ -z "$SSH" ] || echo "export SLURM_LAB_SSH_HOST=$NET.10 SLURM_LAB_SSH_PORT=22 SLURM_LAB_SSH_KEY=$W/ssh/id SLURM_LAB_SSH_KNOWN_HOSTS=$W/ssh/known_hosts"
} > "$W/env.sh"
