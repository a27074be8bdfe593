# k.sh SIGNAL who...: ranks wait; then kill rank
cd /tmp/mb/m2; S=$1; R=$2; shift 2
bash run.sh 4 initialize waits > k.out 2>&1 & W=$!
until grep -q "program waits" k.out; do sleep 0.2; done
P=$(sed -n "s/^\[$R\] pid //p" k.out); kill -$S $P; date +%s.%N; T0=$(date +%s.%N); wait $W; echo "took $(echo "$(date +%s.%N) - $T0" | bc)"; grep -v "pid" k.out
