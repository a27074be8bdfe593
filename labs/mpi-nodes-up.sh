#!/bin/bash
# Nodes for MPI launchers on one machine, without a batch system: each has its own network, UTS (host name), PID, IPC and
# mount namespaces, so its own address, processes and /dev/shm, and an SSH server; all see the same files.  Root, no systemd.
# Packages: iproute2, openssh-server, and the launchers: openmpi-bin, mpich.
#   mpi-nodes-up.sh WORKDIR [--nodes 2]
# Hosts: nK = 10.78.0.K, seen by each other only.  Then  WORKDIR/on nK COMMAND...  runs a command there, and WORKDIR/ssh is
# the ssh by which launchers that run there reach the others:
#   WORKDIR/on n1 mpirun.openmpi --allow-run-as-root --mca plm_rsh_agent WORKDIR/ssh --host n1:2,n2:2 COMMAND...
#   WORKDIR/on n1 mpirun.mpich -launcher ssh -launcher-exec WORKDIR/ssh -hosts n1:2,n2:2 COMMAND...
# Stop: mpi-nodes-down.sh WORKDIR
set -euo pipefail
umask 022; export PATH=$PATH:/usr/sbin:/sbin
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ $# -ge 1 ] || { sed -n '2,11p' "$0"; exit 2; }
W=$1; shift
NODES=2 NET=10.78.0
while [ $# -gt 0 ]; do case $1 in
  --nodes) NODES=$2; shift 2;;
  *) echo "mpi-nodes-up.sh: unknown option $1" >&2; exit 2;; esac; done
die() { echo "mpi-nodes-up.sh: $*" >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || die "needs root"
for c in ip unshare nsenter sshd ssh ssh-keygen; do command -v $c >/dev/null || die "$c is not installed"; done
mkdir -p "$W"; W=$(cd "$W" && pwd)
[ ! -e "$W/n1.init" ] || die "$W has nodes already: mpi-nodes-down.sh $W"
trap '[ $? -eq 0 ] || "$HERE/mpi-nodes-down.sh" "$W"' EXIT
{ echo "127.0.0.1 localhost"; for ((i = 1; i <= NODES; i++)); do echo "$NET.$i n$i"; done; } > "$W/hosts"
for k in host id; do ssh-keygen -q -t ed25519 -N '' -C lab -f "$W/$k"; done
echo "* $(cut -d' ' -f1,2 "$W/host.pub")" > "$W/known_hosts"
mkdir -p /run/sshd
cat > "$W/sshd_config" <<C
HostKey $W/host
PidFile none
AuthorizedKeysFile $W/id.pub
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
UseDNS no
PrintMotd no
C
cat > "$W/on" <<'C'
#!/bin/bash
W=$(cd "$(dirname "$0")" && pwd); h=$1; shift
exec nsenter -t "$(cat "$W/$h.init")" -n -u -i -m -p --wdns="$PWD" "$@"
C
cat > "$W/ssh" <<C
#!/bin/bash
exec ssh -F none -i $W/id -o UserKnownHostsFile=$W/known_hosts -o BatchMode=yes -o LogLevel=ERROR "\$@"
C
chmod 755 "$W/on" "$W/ssh"

# Process 1 of a node: makes it, says so, and collects orphans.
init='hostname "$1"; mount --bind "$2/hosts" /etc/hosts; mount -t tmpfs -o mode=1777 tmpfs /dev/shm; ip link set lo up
: > "$2/$1.made"; while :; do sleep 3600 & wait $!; done'
for ((i = 1; i <= NODES; i++)); do
  h=n$i; rm -f "$W/$h.made"
  setsid unshare -n -u -i -m -p -f --kill-child --mount-proc bash -c "$init" init $h "$W" > "$W/$h.log" 2>&1 < /dev/null &
  u=$!
  for ((k = 0; k < 500; k++)); do [ -e "$W/$h.made" ] && break; kill -0 $u 2>/dev/null || break; sleep 0.01; done
  [ -e "$W/$h.made" ] || { kill $u 2>/dev/null || true; die "no node $h: $(cat "$W/$h.log")"; }
  read -r p < "/proc/$u/task/$u/children" || true; echo "${p%% *}" > "$W/$h.init"
  net() { nsenter -t "$(cat "$W/$1.init")" -n ip "${@:2}"; }
  if [ $i -eq 1 ]; then
    net n1 link add eth0 type bridge forward_delay 0 # not called a bridge, because programs take those for a container's
  else
    net n1 link add "p-$h" type veth peer name eth0 netns "$(cat "$W/$h.init")"
    net n1 link set "p-$h" master eth0 up
  fi
  net $h addr add "$NET.$i/24" dev eth0; net $h link set eth0 up
  "$W/on" $h "$(command -v sshd)" -f "$W/sshd_config" -E "$W/$h.log"
done
