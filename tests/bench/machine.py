"""What the bench needs of the machine: two processors, many descriptors, and the counters of other processes."""

import os
import pathlib
import re
import resource
import time

KIB = 1024


class Unusable(Exception):
    """The machine cannot do what was asked, with the words that say how to mend it."""


def description():
    """The machine in a few words."""
    about = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", about, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / KIB**3
    system = os.uname()
    processor = model.group(1) if model else system.machine
    return f"{os.cpu_count()} processors ({processor}), {memory:.0f} GiB, {system.sysname} {system.release}"


def two_cpus():
    """(for the client, for the servers)."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        raise Unusable("two processors are needed: one for who asks, one for who answers")
    return cpus[1], cpus[0]


def descriptor_limit(wanted):
    """Of this process and what it starts, raised as far as it goes. Fails where less than `wanted` may be open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted:
        raise Unusable(
            f"{wanted} open files are needed, the hard limit is {hard}: `ulimit -Hn {wanted}` as root, "
            "LimitNOFILE= of the service this runs in, or --quick"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def cpu_seconds(pid):
    """User and system time of all threads, also of those that have ended, to the nanosecond.

    The clock of another process, as clock_getcpuclockid(3) makes its number.
    """
    scheduled = 2
    return time.clock_gettime((~pid << 3) | scheduled)


def memory_kib(pid, what):
    """`what` as in /proc/PID/status: VmHWM is the peak, VmRSS what is resident, RssAnon its part that no file backs."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == what:
            return int(value.split()[0])
    raise Unusable(f"no {what} in /proc/{pid}/status")


def wake_ups(pid):
    """How often threads of the process have waited for something, and so were woken."""
    counted = 0
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        for line in status.read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches:"):
                counted += int(line.split()[1])
    return counted
