#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A Slurm of one node inside a network namespace, and in it a job array that scans a block of
# simulated hosts in parts (doc/scale.md): the merged result must be that of one process.
# slurm.sh WHORL [TASKS [BLOCK]]           (8 tasks over 10.64.0.0/16)
#
# Needs root and the Debian packages slurmctld, slurmd, slurm-client, munge. Everything it starts has
# its files in $LAB_DIR, lives in the namespace and is gone afterwards.
set -euo pipefail
whorl=$(realpath "$1")
tasks=${2:-8}
block=${3:-10.64.0.0/16}
rate=16000 # packets a second of all tasks: what this machine answers without loss beside them
root=${WHORL_ROOT:-$(cd "$(dirname "$0")/.." && pwd)}
tunhosts=${WHORL_BUILD:-$root/build}/lab/tunhosts
# shellcheck source=lab/netns/lib.sh
. "$root/lab/netns/lib.sh"
lab_init
for tool in slurmctld:slurmctld slurmd:slurmd sbatch:slurm-client munged:munge; do
    lab_need "${tool%:*}" "${tool#*:}"
done
lab_ns batch
cd "$LAB_DIR"
chmod 755 .
mkdir state spool munge
dd if=/dev/urandom of=munge/key bs=1k count=1 status=none
chmod 700 munge && chmod 400 munge/key
host=$(hostname)
cat >slurm.conf <<CONF
ClusterName=lab
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$LAB_DIR/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
ReturnToService=2
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmctldPidFile=$LAB_DIR/slurmctld.pid
SlurmdPidFile=$LAB_DIR/slurmd.pid
StateSaveLocation=$LAB_DIR/state
SlurmdSpoolDir=$LAB_DIR/spool
SlurmctldLogFile=$LAB_DIR/slurmctld.log
SlurmdLogFile=$LAB_DIR/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=$tasks State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
echo 'CgroupPlugin=cgroup/v1' >cgroup.conf # nothing here uses it, and it needs no mount
export SLURM_CONF=$LAB_DIR/slurm.conf
lab_spawn batch munged --foreground --force --num-threads=2 --socket="$LAB_DIR/munge.socket" \
    --key-file="$LAB_DIR/munge/key" --pid-file="$LAB_DIR/munge/pid" --seed-file="$LAB_DIR/munge/seed" \
    --log-file="$LAB_DIR/munge/log"
lab_until 10 test -S munge.socket
lab_spawn batch slurmctld -D
lab_spawn batch slurmd -D
first=() # as a machine of its own would be
if command -v chrt >/dev/null; then first=(chrt -f 2); fi
lab_spawn batch "${first[@]}" "$tunhosts" --db "$root/data/os.db" --up 30 --set 'open = 80' "$block"
up() { lab_in batch sinfo -h -o %T 2>/dev/null | grep -qE '^(idle|mixed)'; }
lab_until 30 up || { echo 'slurm: the node does not come up' >&2; tail -n 5 slurmctld.log slurmd.log log munge/log >&2; exit 1; }

cat >job.sh <<JOB
#!/bin/sh
exec '$whorl' --shard auto --seed 7 -n -p80,81 --max-rate $((rate / tasks)) -oJ '$LAB_DIR/part.'\$SLURM_ARRAY_TASK_ID.json $block
JOB
from=$(date +%s%N)
lab_in batch sbatch --parsable --wait --array="0-$((tasks - 1))" --output="$LAB_DIR/job.%a.out" job.sh >id || {
    echo 'slurm: the job failed' >&2
    tail -n 3 job.*.out slurmctld.log >&2
    exit 1
}
to=$(date +%s%N)
echo "job $(cat id): $tasks tasks, $(((to - from) / 1000000)) ms"
lab_in batch "$whorl" --seed 7 -n -p80,81 --max-rate "$rate" -oJ whole.json "$block" >/dev/null
hosts() { # addresses, states, ports of a saved scan
    "$whorl" show -oG - "$1" | grep '^Host:' | sed 's/\tSeq.*//' | LC_ALL=C sort
}
"$whorl" merge -oJ merged.json part.*.json >/dev/null
hosts merged.json >merged
hosts whole.json >whole
echo "parts: $(for f in part.*.json; do hosts "$f" | grep -c 'Status: Up' || true; done | paste -sd' '); merged $(grep -c 'Status: Up' merged), one process $(grep -c 'Status: Up' whole) hosts"
if ! cmp -s merged whole; then
    echo "FAIL: $(diff merged whole | grep -c '^[<>]') lines differ" >&2
    diff merged whole | head -6 >&2
    exit 1
fi
echo 'the merged result is the same'
