#!/bin/bash
# A real Slurm on this one host, in a work directory of its own.  Root, no systemd.
#   slurm-up.sh WORKDIR [--nodes 4] [--cpus 4] [--mem 4000] [--gpus 2] [--port 17000]
#                 [--acct] [--rest] [--ssh] [--user NAME] [--min-job-age 300]
#                 [--kill-wait 2] [--slurmd-timeout 10] [--cgroup]
# Then: . WORKDIR/env.sh     Stop: slurm-down.sh WORKDIR
# Idempotent: a cluster already up in WORKDIR is left as it is.
# Packages: munge slurmctld slurmd slurm-client slurm-wlm-basic-plugins
#   --acct: slurmdbd slurm-wlm-mysql-plugin mariadb-server-core
#   --rest: slurmrestd slurm-wlm-jwt-plugin      --ssh: openssh-server
set -euo pipefail
umask 022; export PATH=$PATH:/usr/sbin:/sbin
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,12p' "$0"; exit 2; }
W=$1; shift
NODES=4 CPUS=4 MEM=4000 GPUS=2 PORT=17000 ACCT= REST= SSH= LUSER= MINAGE=300 KILLWAIT=2 DTIMEOUT=10 TRACK=linuxproc TASK=none MEMKILL=OverMemoryKill,
while [ $# -gt 0 ]; do case $1 in
  --nodes) NODES=$2; shift 2;; --cpus) CPUS=$2; shift 2;; --mem) MEM=$2; shift 2;;
  --gpus) GPUS=$2; shift 2;; --port) PORT=$2; shift 2;; --acct) ACCT=1; shift;;
  --rest) REST=1; shift;; --ssh) SSH=1; shift;; --user) LUSER=$2; shift 2;;
  --min-job-age) MINAGE=$2; shift 2;; --kill-wait) KILLWAIT=$2; shift 2;;
  --slurmd-timeout) DTIMEOUT=$2; shift 2;;
  --cgroup) TRACK=cgroup TASK=cgroup MEMKILL=; shift;;
  *) echo "slurm-up.sh: unknown option $1" >&2; exit 2;; esac; done
die() { echo "slurm-up.sh: $*" >&2; exit 1; }
live() { [ -s "$1" ] && [ -r "/proc/$(cat "$1")/stat" ] && ! grep -q ') Z ' "/proc/$(cat "$1")/stat"; }
wait_for() { local t=$1; shift; local end=$((SECONDS + t)); until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.05; done; }
for c in munged slurmctld slurmd sbatch; do command -v $c >/dev/null || die "no $c; install munge slurmctld slurmd slurm-client"; done
mkdir -p "$W"; W=$(cd "$W" && pwd)
[ ${#W} -le 80 ] || die "work directory path too long for Unix sockets"
mkdir -p "$W"/{etc,log,run,state,spool,munge,dev,tmp,job}
chmod 755 "$W" "$W"/*; chmod 1777 "$W/tmp" "$W/job"
HOST=$(hostname -s)
export SLURM_CONF=$W/etc/slurm.conf

if [ -n "$LUSER" ]; then
  getent passwd "$LUSER" >/dev/null || useradd -m -s /bin/bash -p '*' "$LUSER"   # '*', not '!': sshd without PAM refuses locked accounts
fi

# munged with a key of its own
if ! live "$W/munge/pid"; then
  [ -s "$W/munge/key" ] || { head -c 128 /dev/urandom > "$W/munge/key"; chmod 400 "$W/munge/key"; }
  munged --key-file="$W/munge/key" --socket="$W/munge/sock" --pid-file="$W/munge/pid" \
    --log-file="$W/munge/log" --seed-file="$W/munge/seed" --num-threads=2 || die "munged: see $W/munge/log"
fi

# fake GPUs: Slurm wants character devices; 1,3 is the null device
gpus=
if [ "$GPUS" -gt 0 ]; then
  for ((i = 0; i < GPUS; i++)); do [ -c "$W/dev/gpu$i" ] || mknod -m 666 "$W/dev/gpu$i" c 1 3; done
  gpus=" Gres=gpu:$GPUS"
fi
nodeset="n[1-$NODES]"; ports="[$((PORT + 1))-$((PORT + NODES))]"
[ "$NODES" -eq 1 ] && { nodeset=n1; ports=$((PORT + 1)); }
nodeline="NodeName=$nodeset NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$ports CPUs=$CPUS Sockets=1 CoresPerSocket=$CPUS ThreadsPerCore=1 RealMemory=$MEM$gpus Feature=lab State=UNKNOWN"
acct="JobCompType=jobcomp/filetxt\\nJobCompLoc=$W/log/jobcomp.txt"; preempt=preempt/partition_prio; jwt=
if [ -n "$ACCT" ]; then
  acct="$acct\\nAccountingStorageType=accounting_storage/slurmdbd\\nAccountingStorageHost=127.0.0.1\\nAccountingStoragePort=$((PORT + 91))\\nAccountingStoragePass=$W/munge/sock\\nAccountingStorageTRES=gres/gpu\\nAccountingStoreFlags=job_comment,job_env,job_script\\nAccountingStorageEnforce=limits,qos"
  preempt=preempt/qos
fi
if [ -n "$REST" ]; then
  [ -s "$W/state/jwt.key" ] || { head -c 32 /dev/urandom > "$W/state/jwt.key"; chmod 600 "$W/state/jwt.key"; }
  jwt="AuthAltTypes=auth/jwt\\nAuthAltParameters=jwt_key=$W/state/jwt.key"
fi
if ! live "$W/run/slurmctld.pid"; then
  sed -e "s|@HOST@|$HOST|; s|@CTLADDR@|127.0.0.1|; s|@CTLPORT@|$PORT|; s|@DEFMEM@|$((MEM / CPUS))|" \
    -e "s|@MINJOBAGE@|$MINAGE|; s|@KILLWAIT@|$KILLWAIT|; s|@SLURMDTIMEOUT@|$DTIMEOUT|; s|@PREEMPT@|$preempt|" \
    -e "s|@MEMKILL@|$MEMKILL|; s|@TRACK@|$TRACK|; s|@TASK@|$TASK|" \
    -e "s|@JWT@|$jwt|; s|@ACCT@|$acct|; s|@NODES@|$nodeline|; s|@W@|$W|g" "$HERE/slurm.conf.in" > "$SLURM_CONF"
  rm -f "$W/etc/cgroup.conf"
  # memory limits by the kernel: the only way to OUT_OF_MEMORY.  Needs the cgroup v1 memory and freezer hierarchies.
  [ $TRACK != cgroup ] || printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=%s/cg\nCgroupAutomount=no\nConstrainRAMSpace=yes\nConstrainCores=no\nConstrainDevices=no\n' "$W" > "$W/etc/cgroup.conf"
  if [ "$GPUS" -gt 0 ]; then
    r="[0-$((GPUS - 1))]"; [ "$GPUS" -eq 1 ] && r=0
    printf 'AutoDetect=off\nNodeName=%s Name=gpu File=%s/dev/gpu%s\n' "$nodeset" "$W" "$r" > "$W/etc/gres.conf"
  else rm -f "$W/etc/gres.conf"; fi
fi

# accounting database (MariaDB on loopback, nothing but mariadb-server-core needed) and slurmdbd
if [ -n "$ACCT" ]; then
  M=(--no-defaults --user=root --datadir="$W/db" --lc-messages-dir=/usr/share/mysql --innodb-log-file-size=8M
     --innodb-buffer-pool-size=32M --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --sync-frm=OFF --performance-schema=OFF)
  if [ ! -d "$W/db/slurm_acct_db" ]; then
    rm -rf "$W/db"; mkdir "$W/db"
    { printf 'create database mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n'
      cat /usr/share/mysql/mysql_system_tables.sql
      printf "create database slurm_acct_db;\nflush privileges;\n"
      for h in 127.0.0.1 localhost; do printf "create user slurm@'%s' identified by 'lab';\ngrant all on slurm_acct_db.* to slurm@'%s';\n" $h $h; done
    } | mariadbd "${M[@]}" --bootstrap > "$W/log/mariadb-boot.log" 2>&1 || die "mariadb bootstrap: see $W/log/mariadb-boot.log"
  fi
  if ! live "$W/run/mariadb.pid"; then
    setsid mariadbd "${M[@]}" --bind-address=127.0.0.1 --port=$((PORT + 90)) --socket="$W/run/mariadb.sock" \
      --pid-file="$W/run/mariadb.pid" --innodb-lock-wait-timeout=900 > "$W/log/mariadb.log" 2>&1 < /dev/null &
    wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$((PORT + 90))" || die "mariadbd: see $W/log/mariadb.log"
  fi
  if ! live "$W/run/slurmdbd.pid"; then
    cat > "$W/etc/slurmdbd.conf" <<C
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$((PORT + 91))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$W/munge/sock
PidFile=$W/run/slurmdbd.pid
LogFile=$W/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$((PORT + 90))
StorageUser=slurm
StoragePass=lab
StorageLoc=slurm_acct_db
$(printf "$jwt")
C
    chmod 600 "$W/etc/slurmdbd.conf"
    slurmdbd || die "slurmdbd: see $W/log/slurmdbd.log"
    wait_for 15 sacctmgr -n list cluster || die "slurmdbd does not answer: see $W/log/slurmdbd.log"
  fi
  if [ ! -e "$W/run/acct-done" ]; then
    # two sittings: one sitting does not see the QOS that it has itself just added
    printf '%s\n' "add cluster lab" "add account proj Cluster=lab" "add qos low set priority=1 preemptmode=requeue" \
      "add qos high set priority=100 preempt=low,normal" quit | sacctmgr -i -Q > "$W/log/sacctmgr.log" 2>&1 || true
    { for u in root $LUSER; do echo "add user $u account=proj"; echo "modify user $u set qos=normal,low,high defaultqos=normal"; done; echo quit; } |
      sacctmgr -i -Q >> "$W/log/sacctmgr.log" 2>&1 || true
    : > "$W/run/acct-done"
  fi
fi

# with --cgroup each slurmd sees cgroup mounts of its own whose root is this shell's own cgroup,
# so that jobs stay inside it
start_slurmd() {
  if [ $TRACK = cgroup ]; then
    mkdir -p "$W/cg/memory" "$W/cg/freezer"
    for c in memory freezer; do awk -F: -v c=$c '$2 == c {print "/sys/fs/cgroup/" c $3}' /proc/self/cgroup; done > "$W/run/cgroups"
    unshare -m -C bash -c 'mount -t cgroup -o memory none "$1/cg/memory" && mount -t cgroup -o freezer none "$1/cg/freezer" && exec slurmd -N "$2"' _ "$W" "$1"
  else slurmd -N "$1"; fi
}
# daemons
live "$W/run/slurmctld.pid" || slurmctld || die "slurmctld: see $W/log/slurmctld.log"
wait_for 10 scontrol ping || die "slurmctld does not answer: see $W/log/slurmctld.log"
for ((i = 1; i <= NODES; i++)); do
  mkdir -p "$W/spool/n$i" "$W/tmp/n$i"; chmod 1777 "$W/tmp/n$i"
  live "$W/run/slurmd.n$i.pid" || start_slurmd n$i || die "slurmd n$i: see $W/log/slurmd.n$i.log"
done
up() { [ "$(sinfo -h -p normal -t idle,mix,alloc -o %D 2>/dev/null)" = "$NODES" ]; }
wait_for 20 up || die "nodes are not up: $(sinfo -h -N -o '%N=%T' | sort -u | tr '\n' ' ') (see $W/log)"

# REST.  Two servers: with SLURM_JWT=daemon it takes tokens (scontrol token) on loopback; without, it
# takes whoever it runs as on a Unix socket.  slurmrestd refuses to run as root or as SlurmUser.
if [ -n "$REST" ]; then
  rest() { # pid file, user, listen address, environment and options
    local pf=$1 u=$2; shift 2
    setsid setpriv --reuid="$u" --regid="$(id -g "$u")" --clear-groups env SLURM_CONF="$SLURM_CONF" \
      SLURMRESTD_SECURITY=disable_unshare_sysv,disable_unshare_files "$@" > "$W/log/$(basename "$pf" .pid).log" 2>&1 < /dev/null &
    echo $! > "$pf"
  }
  ru=${LUSER:-nobody}
  # its database parts refuse to load without slurmdbd
  api=(); [ -n "$ACCT" ] || api=(-s openapi/v0.0.36,openapi/v0.0.37,openapi/v0.0.38)
  if ! live "$W/run/slurmrestd-jwt.pid"; then
    rest "$W/run/slurmrestd-jwt.pid" nobody SLURM_JWT=daemon slurmrestd -a rest_auth/jwt "${api[@]}" 127.0.0.1:$((PORT + 92))
    wait_for 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$((PORT + 92))" || die "slurmrestd: see $W/log/slurmrestd-jwt.log"
  fi
  if ! live "$W/run/slurmrestd-local.pid"; then
    mkdir -p "$W/rest"; chown "$ru" "$W/rest"; rm -f "$W/rest/sock"
    rest "$W/run/slurmrestd-local.pid" "$ru" slurmrestd -a rest_auth/local "${api[@]}" unix:"$W/rest/sock"
    wait_for 10 test -S "$W/rest/sock" || die "slurmrestd: see $W/log/slurmrestd-local.log"
  fi
fi

# ssh login node on loopback, key only
if [ -n "$SSH" ] && ! live "$W/run/sshd.pid"; then
  mkdir -p "$W/ssh" /run/sshd; chmod 755 "$W/ssh"
  [ -s "$W/ssh/host" ] || ssh-keygen -q -t ed25519 -N '' -f "$W/ssh/host"
  [ -s "$W/ssh/host_rsa" ] || ssh-keygen -q -t rsa -b 2048 -N '' -f "$W/ssh/host_rsa"
  [ -s "$W/ssh/id" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$W/ssh/id"
  [ -s "$W/ssh/id_rsa" ] || ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -C lab -f "$W/ssh/id_rsa"
  cat "$W/ssh/id.pub" "$W/ssh/id_rsa.pub" > "$W/ssh/authorized_keys"; chmod 644 "$W/ssh/authorized_keys"
  cat > "$W/ssh/sshd_config" <<C
Port $((PORT + 93))
ListenAddress 127.0.0.1
HostKey $W/ssh/host
HostKey $W/ssh/host_rsa
PidFile $W/run/sshd.pid
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
  "$(command -v sshd || echo /usr/sbin/sshd)" -f "$W/ssh/sshd_config" -E "$W/log/sshd.log"
  printf '[127.0.0.1]:%s %s\n' $((PORT + 93)) "$(cut -d' ' -f1,2 "$W/ssh/host.pub")" > "$W/ssh/known_hosts"
  printf '[127.0.0.1]:%s %s\n' $((PORT + 93)) "$(cut -d' ' -f1,2 "$W/ssh/host_rsa.pub")" >> "$W/ssh/known_hosts"
fi

{ echo "export SLURM_CONF=$SLURM_CONF SLURM_LAB=$W"
  [ -z "$REST" ] || echo "export SLURM_LAB_REST=http://127.0.0.1:$((PORT + 92)) SLURM_LAB_REST_SOCK=$W/rest/sock"
  [ -z "$SSH" ] || echo "export SLURM_LAB_SSH_PORT=$((PORT + 93)) SLURM_LAB_SSH_KEY=$W/ssh/id SLURM_LAB_SSH_KNOWN_HOSTS=$W/ssh/known_hosts"
} > "$W/env.sh"
