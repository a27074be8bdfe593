#!/bin/bash
#PBS -N muster-pi
#PBS -l select=2:ncpus=8:mpiprocs=4
#PBS -l walltime=00:10:00
#PBS -V
# Runs examples/MpiPi on all ranks of the job: rank 0 schedules, rank 1 runs the program, six ranks are workers.
#   CLASSPATH="my.jar:/opt/muster/lib/*" qsub examples/mpi/pbs.sh
set -eu
cd "$PBS_O_WORKDIR"
java=(java --add-exports java.base/jdk.internal.misc=ALL-UNNAMED -XX:MaxRAMPercentage=20)

# Open MPI binds a rank to one core unless it is told that a rank has two.
mpirun --map-by slot:PE=2 -x CLASSPATH "${java[@]}" io.muster.examples.MpiPi 400

# The same by other MPIs:
#   mpiexec -n 8 --ppn 4 --depth=2 --cpu-bind=depth "${java[@]}" io.muster.examples.MpiPi 400    (Cray PALS)
#   mpirun -np 8 -f "$PBS_NODEFILE" "${java[@]}" io.muster.examples.MpiPi 400                    (MPICH, Intel MPI)
# The same by MPJ Express, on one node, where the ranks are threads of one JVM:
#   mpjrun.sh -np 4 -cp "$CLASSPATH" io.muster.examples.MpiPi 400
