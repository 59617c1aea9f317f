"""Runs a program in a pseudo-terminal and types into it.

usage: terminal.py PROGRAM "ARGUMENTS" [AWAIT:KEYS ...]

AWAIT and KEYS are UTF-8 in hexadecimal. Each KEYS is typed when AWAIT has come to the screen since the last keys. What came to the
screen is written to standard output; the exit code is the program's, or 99 when it did not do what was awaited in 20 seconds.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time


def main():
    program, arguments, steps = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
    steps = [tuple(bytes.fromhex(part) for part in step.split(":")) for step in steps]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(program, [program] + arguments)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    screen, seen, deadline = b"", 0, time.monotonic() + 20
    while True:
        if steps and steps[0][0] in screen[seen:]:
            seen = len(screen)
            os.write(terminal, steps.pop(0)[1])
            continue
        ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            sys.stdout.buffer.write(screen)
            sys.exit(99)
        try:
            data = os.read(terminal, 65536)
        except OSError:
            data = b""
        if not data:
            break
        screen += data
    _, status = os.waitpid(pid, 0)
    sys.stdout.buffer.write(screen)
    sys.exit(os.waitstatus_to_exitcode(status) if not steps else 99)


main()
