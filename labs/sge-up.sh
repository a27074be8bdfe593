#!/bin/bash
# A real Grid Engine (8.1.9) on this one host, in a work directory of its own.  Root, no systemd.
#   sge-up.sh WORKDIR [--slots 8] [--port 16444] [--user NAME] [--debs DIR]
# Then: . WORKDIR/env.sh     Stop: sge-down.sh WORKDIR
# Idempotent: what is up already in WORKDIR is left as it is, and what is not is started.
# Packages: libdb5.3 libjemalloc2 libhwloc15 libmunge2 libtirpc3 libssl3.  Those of Grid Engine are unpacked in WORKDIR, not
# installed (gridengine-client conflicts with slurm-wlm-torque): gridengine-common, -client, -exec and -master, as files in
# --debs, by default downloaded into WORKDIR/debs.
set -euo pipefail
umask 022
[ $# -ge 1 ] || { sed -n '2,9p' "$0"; exit 2; }
W=$1; shift
SLOTS=8 PORT=16444 LUSER= DEBS=
while [ $# -gt 0 ]; do case $1 in
  --slots) SLOTS=$2; shift 2;; --port) PORT=$2; shift 2;; --user) LUSER=$2; shift 2;; --debs) DEBS=$2; shift 2;;
  *) echo "sge-up.sh: unknown option $1" >&2; exit 2;; esac; done
die() { echo "sge-up.sh: $*" >&2; exit 1; }
live() { [ -s "$1" ] && [ -r "/proc/$(cat "$1")/stat" ] && ! grep -q ') Z ' "/proc/$(cat "$1")/stat"; }
wait_for() { local t=$1; shift; local end=$((SECONDS + t)); until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.1; done; }
mkdir -p "$W"; W=$(cd "$W" && pwd); mkdir -p "$W"/{log,job,run}; chmod 755 "$W"; chmod 1777 "$W/job"
if [ -n "$LUSER" ]; then getent passwd "$LUSER" >/dev/null || useradd -m -s /bin/bash -p '*' "$LUSER"; fi
P=$W/pkg
if [ -x /usr/lib/gridengine/sge_qmaster ] && [ ! -L /usr/lib/gridengine ]; then P=   # the packages are installed
elif [ ! -x "$P/usr/lib/gridengine/sge_qmaster" ]; then
  DEBS=${DEBS:-$W/debs}
  if ! ls "$DEBS"/gridengine-master_*.deb >/dev/null 2>&1; then
    mkdir -p "$DEBS"; (cd "$DEBS" && apt-get -qq -o DPkg::Lock::Timeout=600 download gridengine-common gridengine-client gridengine-exec gridengine-master > "$W/log/apt.log" 2>&1) || die "download: see $W/log/apt.log"
  fi
  for p in common client exec master; do dpkg -x "$DEBS"/gridengine-${p}_*.deb "$P"; done
fi
# Debian's programs look for their spooling library under this very path
[ -z "$P" ] || ln -sfn "$P/usr/lib/gridengine" /usr/lib/gridengine
B=$P/usr/lib/gridengine; A=$(bash "$P/usr/share/gridengine/util/arch")
R=$W/root
export SGE_ROOT=$R SGE_CELL=default SGE_ARCH=$A SGE_QMASTER_PORT=$PORT SGE_EXECD_PORT=$((PORT + 1)) SGE_CLUSTER_NAME=lab
cat > "$W/env.sh" <<C
export SGE_ROOT=$R SGE_CELL=default SGE_ARCH=$A SGE_QMASTER_PORT=$PORT SGE_EXECD_PORT=$((PORT + 1)) SGE_CLUSTER_NAME=lab SGE_LAB=$W
export PATH=$R/bin/$A:\$PATH LD_LIBRARY_PATH=$R/lib/$A
C
. "$W/env.sh"
host=$(hostname)
if [ ! -e "$R/default/common/bootstrap" ]; then
  mkdir -p "$R/bin" "$R/lib" "$R/utilbin" "$R/default/common" "$R/default/spool/qmaster/job_scripts" "$R/default/spool/execd" "$R/db"
  ln -sfn "$B" "$R/bin/$A"; ln -sfn "$B" "$R/lib/$A"; ln -sfn "$B" "$R/utilbin/$A"
  ln -sfn "$P/usr/share/gridengine/util" "$R/util"
  echo "$host" > "$R/default/common/act_qmaster"
  # the name of 127.0.0.1 is localhost, the machine's own is another: SGE must take them for one
  echo "$host localhost" > "$R/default/common/host_aliases"
  cat > "$R/default/common/bootstrap" <<C
admin_user              none
default_domain          none
ignore_fqdn             true
spooling_method         classic
spooling_lib            libspoolc
spooling_params         $R/default/common;$R/default/spool/qmaster
binary_path             $R/bin
qmaster_spool_dir       $R/default/spool/qmaster
security_mode           none
listener_threads        2
worker_threads          2
scheduler_threads       1
C
  sed -e "s|^execd_spool_dir.*|execd_spool_dir        $R/default/spool/execd|; s|^min_uid.*|min_uid                0|; s|^min_gid.*|min_gid                0|" \
    -e "s|^load_report_time.*|load_report_time       00:00:02|; s|^mailer.*|mailer                 /bin/true|; s|^login_shells.*|login_shells           none|" \
    -e "s|flush_time=00:00:15|flush_time=00:00:01 accounting_flush_time=00:00:00|; s|^max_unheard.*|max_unheard            00:00:30|" \
    "$P/usr/share/gridengine/default-configuration" > "$R/conf"
  # no login shells: a job must not depend on what is in the user's profile
  # the wrapper scripts of Debian name /usr/lib/gridengine; the .bin files are the programs
  sd=$B/spooldefaults; [ ! -x "$B/spooldefaults.bin" ] || sd=$B/spooldefaults.bin
  { "$B/spoolinit" classic libspoolc "$R/default/common;$R/default/spool/qmaster" init
    "$sd" configuration "$R/conf"
    "$sd" complexes "$R/util/resources/centry"
    "$sd" usersets "$R/util/resources/usersets"
    "$sd" managers root; "$sd" operators root; } > "$W/log/init.log" 2>&1 || die "spool: see $W/log/init.log"
fi
if ! live "$R/default/spool/qmaster/qmaster.pid"; then
  "$B/sge_qmaster" > "$W/log/qmaster.out" 2>&1 || die "sge_qmaster: $(cat "$W/log/qmaster.out")"
  wait_for 15 qconf -sh || die "qmaster does not answer: $(tail -3 "$R/default/spool/qmaster/messages" /tmp/qmaster_messages.* 2>/dev/null)"
fi
if [ ! -e "$W/run/configured" ]; then
  {
    qconf -ah "$host" || true; qconf -as "$host" || true
    # quick scheduler: a run at every submission and job end
    qconf -ssconf | sed -e 's/^schedule_interval.*/schedule_interval 0:0:1/; s/^flush_submit_sec.*/flush_submit_sec 1/; s/^flush_finish_sec.*/flush_finish_sec 1/' > "$W/run/sconf"; qconf -Msconf "$W/run/sconf"
    printf 'hostname %s\nload_scaling NONE\ncomplex_values NONE\nuser_lists NONE\nxuser_lists NONE\nprojects NONE\nxprojects NONE\nusage_scaling NONE\nreport_variables NONE\n' "$host" > "$W/run/eh"; qconf -Ae "$W/run/eh"
    printf 'group_name @allhosts\nhostlist %s\n' "$host" > "$W/run/hg"; qconf -Ahgrp "$W/run/hg"
    for pe in smp mpi make; do sed "s/^slots .*/slots 999/" "$R/util/resources/pe/$pe" > "$W/run/pe"; qconf -Ap "$W/run/pe" || true; done
    cat > "$W/run/q" <<C
qname all.q
hostlist @allhosts
seq_no 0
load_thresholds NONE
suspend_thresholds NONE
nsuspend 1
suspend_interval 00:05:00
priority 0
min_cpu_interval 00:05:00
processors UNDEFINED
qtype BATCH INTERACTIVE
ckpt_list NONE
pe_list make smp mpi
rerun TRUE
slots $SLOTS
tmpdir /tmp
shell /bin/sh
prolog NONE
epilog NONE
shell_start_mode posix_compliant
starter_method NONE
suspend_method NONE
resume_method NONE
terminate_method NONE
notify 00:00:05
owner_list NONE
user_lists NONE
xuser_lists NONE
subordinate_list NONE
complex_values NONE
projects NONE
xprojects NONE
calendar NONE
initial_state default
s_rt INFINITY
h_rt INFINITY
s_cpu INFINITY
h_cpu INFINITY
s_fsize INFINITY
h_fsize INFINITY
s_data INFINITY
h_data INFINITY
s_stack INFINITY
h_stack INFINITY
s_core INFINITY
h_core INFINITY
s_rss INFINITY
h_rss INFINITY
s_vmem INFINITY
h_vmem INFINITY
C
    qconf -Aq "$W/run/q"
    # h_vmem as a per-slot consumable, as most sites have it
    qconf -sc | sed 's/^h_vmem .*/h_vmem h_vmem MEMORY <= YES YES 1G 0/' > "$W/run/c"; qconf -Mc "$W/run/c"
    qconf -aattr exechost complex_values "h_vmem=16G" "$host"
  } > "$W/log/configure.log" 2>&1 || true
  qconf -sq all.q >/dev/null 2>&1 || die "no queue: see $W/log/configure.log"
  : > "$W/run/configured"
fi
execd_live() { local f; for f in "$R"/default/spool/execd/*/execd.pid; do ! live "$f" || return 0; done; return 1; }   # its folder may be named localhost
if ! execd_live; then
  "$B/sge_execd" > "$W/log/execd.out" 2>&1 || die "sge_execd: $(cat "$W/log/execd.out")"
fi
ready() { qstat -f 2>/dev/null | grep -qE '^all\.q@[^ ]+ +[A-Z]+ +[0-9/]+ +[0-9.]+ +\S+ *$'; }
wait_for 20 ready || die "execd does not report: $(qstat -f | tail -3)"
