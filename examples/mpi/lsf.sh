#!/bin/bash
#BSUB -J muster-pi
#BSUB -n 8
#BSUB -R "span[ptile=4] affinity[core(2)]"
#BSUB -W 00:10
# Runs examples/MpiPi on all slots of the job: rank 0 schedules, rank 1 runs the program, six ranks are workers.
#   CLASSPATH="my.jar:/opt/muster/lib/*" bsub < examples/mpi/lsf.sh
set -eu
java=(java --add-exports java.base/jdk.internal.misc=ALL-UNNAMED -XX:MaxRAMPercentage=20)

mpirun --map-by slot:PE=2 -x CLASSPATH "${java[@]}" io.muster.examples.MpiPi 400

# The same where jobs start their ranks with jsrun:
#   jsrun --nrs 8 --tasks_per_rs 1 --cpu_per_rs 2 "${java[@]}" io.muster.examples.MpiPi 400
# The same by MPJ Express, on one node, where the ranks are threads of one JVM:
#   mpjrun.sh -np 4 -cp "$CLASSPATH" io.muster.examples.MpiPi 400
