"""Runs two commands in turn and compares a figure of theirs: what both benchmarks share."""
import os
import statistics
import subprocess
import sys
import time

QUERN = os.environ.get("QUERN", ".build/release/quern")
ROUNDS = int(os.environ.get("ROUNDS", "5"))
THREADS = os.environ.get("THREADS", "2")


def peer(variable):
    """The peer's program, from the environment variable that names it."""
    path = os.environ.get(variable)
    if not path or not os.access(path, os.X_OK):
        sys.exit(f"set {variable} to the peer's program")
    return path


def seconds(command):
    """How long a command takes; its output is shown only when it fails."""
    start = time.monotonic()
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{result.stderr}")
    return time.monotonic() - start


def alternating(ours, theirs):
    """The figures of two measurements, taken in turn so that both meet the same weather."""
    figures = [(ours(), theirs()) for _ in range(ROUNDS)]
    return [pair[0] for pair in figures], [pair[1] for pair in figures]


def row(name, ours, theirs, unit, more_is_better):
    """One line: medians with their spread, and how many times as fast we are."""
    a, b = statistics.median(ours), statistics.median(theirs)
    ratio = a / b if more_is_better else b / a
    print(
        f"{name:12} quern {a:9.2f} {unit} ({min(ours):.2f} to {max(ours):.2f})   "
        f"peer {b:9.2f} {unit} ({min(theirs):.2f} to {max(theirs):.2f})   ratio {ratio:.2f}",
        flush=True)
