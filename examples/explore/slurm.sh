#!/bin/sh
# SPDX-License-Identifier: MIT
# sbatch --array=1-100 slurm.sh STATE SCENARIO.lua [OPTION...]: explores a scenario as a job array,
# one part for each of its tasks, with directories STATE/1, STATE/2, ... on a file system that all
# nodes see. A task that is requeued goes on where its checkpoint stopped: Slurm sends SIGTERM
# first, on which condis writes one. Afterwards: cat STATE/*/findings/*/report.txt
#SBATCH --job-name=condis-explore
#SBATCH --cpus-per-task=1
#SBATCH --requeue
set -eu
state=$1
shift
mkdir -p "$state"
exec "${CONDIS:-condis}" explore "$@" --jobs "${SLURM_CPUS_PER_TASK:-1}" \
    --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
    --state "$state/$SLURM_ARRAY_TASK_ID" --resume
