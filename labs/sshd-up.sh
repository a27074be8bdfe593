#!/usr/bin/env bash
# A real sshd on 127.0.0.1, for keys only, in a work directory of its own, as any user.
#   sshd-up.sh WORKDIR [--port 17093] [--env NAME=VALUE]...
# Then: . WORKDIR/env.sh     Stop: sshd-down.sh WORKDIR
# env.sh sets MUSTER_SSH_LOGIN (user@host:port), MUSTER_SSH_KEY, MUSTER_SSH_KNOWN_HOSTS.
# Variables given by --env are set in every session (SLURM_CONF=..., PATH=...).
# Idempotent: a server already up in WORKDIR is left as it is.
# Package: openssh-server. As root every user with a shell may log in with the key; else only who started it.
set -euo pipefail
umask 022
export PATH=$PATH:/usr/sbin:/sbin
[ $# -ge 1 ] || { sed -n '2,8p' "$0"; exit 2; }
W=$1
shift
PORT=17093 SETENV=
while [ $# -gt 0 ]; do
  case $1 in
    --port) PORT=$2; shift 2 ;;
    --env) SETENV="$SETENV $2"; shift 2 ;;
    *) echo "sshd-up.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
die() { echo "sshd-up.sh: $*" >&2; exit 1; }
live() { [ -s "$1" ] && [ -r "/proc/$(cat "$1")/stat" ] && ! grep -q ') Z ' "/proc/$(cat "$1")/stat"; }
SSHD=$(command -v sshd) || die "no sshd; install openssh-server"
mkdir -p "$W"
W=$(cd "$W" && pwd)
live "$W/sshd.pid" && exit 0
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd

key() { [ -s "$W/$1" ] || ssh-keygen -q -N '' -C lab -f "$W/$1" "${@:2}"; }
key host -t ed25519
key host_rsa -t rsa -b 2048
key id -t ed25519
key id_rsa -t rsa -b 2048 -m PEM
cat "$W/id.pub" "$W/id_rsa.pub" >"$W/authorized_keys"
chmod 644 "$W/authorized_keys"
cat >"$W/sshd_config" <<C
Port $PORT
ListenAddress 127.0.0.1
HostKey $W/host
HostKey $W/host_rsa
PidFile $W/sshd.pid
AuthorizedKeysFile $W/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
UseDNS no
PrintMotd no
Subsystem sftp internal-sftp
C
[ -z "$SETENV" ] || echo "SetEnv$SETENV" >>"$W/sshd_config"
for k in host host_rsa; do
  printf '[127.0.0.1]:%s %s\n' "$PORT" "$(cut -d' ' -f1,2 "$W/$k.pub")"
done >"$W/known_hosts"
rm -f "$W/sshd.pid"
"$SSHD" -f "$W/sshd_config" -E "$W/sshd.log" || die "sshd did not start; see $W/sshd.log"
end=$((SECONDS + 10))
until live "$W/sshd.pid" && (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do
  [ $SECONDS -lt $end ] || die "sshd does not listen on port=$PORT; see $W/sshd.log"
  sleep 0.05
done
{
  echo "export MUSTER_SSH_LOGIN=$(id -un)@127.0.0.1:$PORT"
  echo "export MUSTER_SSH_KEY=$W/id MUSTER_SSH_KNOWN_HOSTS=$W/known_hosts"
} >"$W/env.sh"
