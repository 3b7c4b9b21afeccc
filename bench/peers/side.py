"""The Python end of a comparison: answers requests, one line of JSON each way (see peer.ts)."""

import json
import os
import sys
import time


def peak_bytes():
    """The most that this process has held in memory so far, as Linux counts it."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


def timed(work):
    """Runs work() and returns its result with wall seconds and CPU seconds of all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {"seconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}


def serve(tasks):
    """Answers {"task": name, ...arguments} with what tasks[name](**arguments) returns, until the input ends."""
    # What libraries print must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        reply = tasks[request.pop("task")](**request)
        answers.write(json.dumps({**(reply or {}), "peakBytes": peak_bytes()}) + "\n")
        answers.flush()
