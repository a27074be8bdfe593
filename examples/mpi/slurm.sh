#!/bin/bash
#SBATCH --job-name=muster-pi
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=4
#SBATCH --cpus-per-task=2
#SBATCH --time=00:10:00
# Runs examples/MpiPi on all tasks of the job: rank 0 schedules, rank 1 runs the program, six ranks are workers.
#   sbatch --export=ALL,CLASSPATH="my.jar:/opt/muster/lib/*" examples/mpi/slurm.sh
set -eu
java=(java --add-exports java.base/jdk.internal.misc=ALL-UNNAMED -XX:MaxRAMPercentage=20)

# srun starts the ranks itself; with --kill-on-bad-exit=0 the others go on without a worker that dies.
srun --kill-on-bad-exit=0 --cpus-per-task="$SLURM_CPUS_PER_TASK" "${java[@]}" io.muster.examples.MpiPi 400

# The same by an MPI that knows Slurm; a rank must not be bound to fewer cores than it has threads:
#   mpirun --map-by slot:PE="$SLURM_CPUS_PER_TASK" "${java[@]}" io.muster.examples.MpiPi 400    (Open MPI)
#   mpirun "${java[@]}" io.muster.examples.MpiPi 400                                            (MPICH, Intel MPI)
# The same by MPJ Express, on one node, where the ranks are threads of one JVM:
#   mpjrun.sh -np 4 -cp "$CLASSPATH" io.muster.examples.MpiPi 400
