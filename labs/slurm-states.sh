#!/bin/bash
# Drives a lab made by  slurm-up.sh WORKDIR --acct --cgroup [--rest --user NAME]  through every job state and keeps
# what the client commands print, as fixtures for parsers.   slurm-states.sh WORKDIR OUTDIR    (60 to 80 s)
set -u
W=$(cd "$1" && pwd); O=$2; mkdir -p "$O"; O=$(cd "$O" && pwd); . "$W/env.sh"; cd "$W/job"
say() { squeue -h --states=all -j "${1:-0}" -o %T 2>/dev/null | head -1; }
until_() { local j=$1 re=$2; for ((i = 0; i < ${3:-400}; i++)); do [[ $(say $j) =~ $re ]] && return 0; sleep 0.1; done; echo "job $j is $(say $j), not $re" >&2; return 1; }
keep() { # name, job: one job by every command
  scontrol show job "$2" > "$O/scontrol-show-job.$1.txt" 2>&1
  scontrol -o show job "$2" > "$O/scontrol-o-show-job.$1.txt" 2>&1
  squeue -h --states=all -j "$2" -o '%i|%F|%K|%T|%t|%r|%P|%q|%u|%N|%S|%e|%l|%M|%C|%D|%m|%j' > "$O/squeue-o.$1.txt" 2>&1; }
eat='x=bytearray(300<<20)
for i in range(0,len(x),4096): x[i]=1
import time; time.sleep(30)'
declare -A J
J[OUT_OF_MEMORY]=$(sbatch --parsable -n1 --mem=100M -J oom --wrap "python3 -c '$eat'")
J[TIMEOUT]=$(sbatch --parsable -n1 -t10 -J timeout --wrap 'exec sleep 300')
J[COMPLETED]=$(sbatch --parsable -n2 -A proj -J ok --comment 'a b=c' --wrap 'srun -n2 true')
J[FAILED]=$(sbatch --parsable -n1 -J fail --wrap 'exit 3')
J[FAILED-signal]=$(sbatch --parsable -n1 -J killed --wrap 'kill -9 $$')
until_ ${J[TIMEOUT]} RUNNING; scontrol update jobid=${J[TIMEOUT]} EndTime=now+1
J[CANCELLED]=$(sbatch --parsable -n1 -J cancel --wrap 'exec sleep 300'); until_ ${J[CANCELLED]} RUNNING; keep RUNNING ${J[CANCELLED]}; scancel ${J[CANCELLED]}
J[CANCELLED-pending]=$(sbatch --parsable -H -n1 -J cancelp --wrap 'true'); keep PENDING-held ${J[CANCELLED-pending]}; scancel ${J[CANCELLED-pending]}
p=$(sbatch --parsable --begin=now+1hour -n1 -J later --wrap true); sleep 1; keep PENDING-begin $p; scancel $p
p=$(sbatch --parsable -d afterok:${J[FAILED]} -n1 -J dep --wrap true); until_ ${J[FAILED]} FAILED; sleep 1.2; keep PENDING-dependency $p; scancel $p
p=$(sbatch --parsable -n1000 -J huge --wrap true); sleep 1; keep PENDING-toobig "$p"; scancel "$p"
J[NODE_FAIL]=$(sbatch --parsable --no-requeue -w n4 -n1 -J nodefail --wrap 'exec sleep 300'); until_ ${J[NODE_FAIL]} RUNNING; sleep 1; scontrol update nodename=n4 state=down reason=test
sleep 0.5; sinfo -N > "$O/sinfo-N.txt"; sinfo --json > "$O/sinfo.json"; scontrol show node n4 > "$O/scontrol-show-node.txt"; scontrol show partition > "$O/scontrol-show-partition.txt"
J[SUSPENDED]=$(sbatch --parsable -n1 -J susp --wrap 'exec sleep 300'); until_ ${J[SUSPENDED]} RUNNING; scontrol suspend ${J[SUSPENDED]}; sleep 0.5; keep SUSPENDED ${J[SUSPENDED]}; scontrol resume ${J[SUSPENDED]}; scancel ${J[SUSPENDED]}; unset 'J[SUSPENDED]'
J[REQUEUED]=$(sbatch --parsable -n1 -J requeue --wrap 'exec sleep 20'); until_ ${J[REQUEUED]} RUNNING; sleep 1; scontrol requeue ${J[REQUEUED]}; sleep 1.5; keep PENDING-requeued ${J[REQUEUED]}; scancel ${J[REQUEUED]}
a=$(sbatch --parsable --array=0-3%2 -n1 -J arr --wrap 'sleep 1; exit $SLURM_ARRAY_TASK_ID'); sleep 1.5; squeue > "$O/squeue.txt"; squeue -r > "$O/squeue-r.txt"; keep array-running $a; squeue --json > "$O/squeue.json"
h=$(sbatch --parsable -n1 -c2 -J het : -n2 --wrap 'sleep 2'); until_ $h RUNNING; keep het-running $h
g=$(sbatch --parsable -n1 --gres=gpu:1 -J gpu --wrap 'sleep 2'); until_ $g RUNNING; scontrol -d show job $g > "$O/scontrol-d-show-job.gpu.txt"
until_ ${J[TIMEOUT]} TIMEOUT 900
# preempted: fill the nodes with low, then high
n=$(sinfo -h -p normal -t idle,mix,alloc -o %D | head -1); sleep 3
for ((k = 0; k < n; k++)); do l=$(sbatch --parsable --exclusive -q low -n1 -N1 -J low --wrap 'exec sleep 100'); done; sleep 2
hi=$(sbatch --parsable --exclusive -q high -n1 -N1 -J high --wrap 'sleep 1'); until_ "$hi" 'RUNNING|COMPLETED'
squeue -o '%i %j %q %T %r' > "$O/squeue.preempted.txt"; sleep 1; scancel -n low
for s in OUT_OF_MEMORY COMPLETED FAILED FAILED-signal CANCELLED CANCELLED-pending NODE_FAIL TIMEOUT; do until_ ${J[$s]} "${s%%-*}"; keep $s ${J[$s]}; done
sleep 2; f=JobID,JobIDRaw,JobName,State,ExitCode,DerivedExitCode,Reason,Partition,QOS,Account,NNodes,NCPUS,ReqTRES,AllocTRES,NodeList,Submit,Start,End,Elapsed,ElapsedRaw,Timelimit,MaxRSS
sacct -P --format=$f > "$O/sacct-P.txt"; sacct -P -X -D --format=$f > "$O/sacct-P-X-D.txt"; sacct --json > "$O/sacct.json"; sacct > "$O/sacct.txt"; cp "$W/log/jobcomp.txt" "$O/"
sbatch -p nope --wrap true > "$O/sbatch-error.txt" 2>&1; sbatch --mem=1T --wrap true >> "$O/sbatch-error.txt" 2>&1; scancel 999999 > "$O/scancel-error.txt" 2>&1; squeue -j 999999 > "$O/squeue-error.txt" 2>&1; scontrol show job 999999 >> "$O/squeue-error.txt" 2>&1
if [ -n "${SLURM_LAB_REST:-}" ]; then
  u=${3:-root}; t=$(scontrol token username=$u | cut -d= -f2)
  for x in slurm/v0.0.38/jobs slurm/v0.0.38/nodes slurm/v0.0.38/ping slurmdb/v0.0.38/jobs openapi/v3; do
    curl -s -H "X-SLURM-USER-NAME: $u" -H "X-SLURM-USER-TOKEN: $t" "$SLURM_LAB_REST/$x" > "$O/rest-$(echo $x | tr / -).json"; done
fi
for k in "${!J[@]}"; do echo "$k ${J[$k]} $(say ${J[$k]})"; done | sort > "$O/jobs.txt"
