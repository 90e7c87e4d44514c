#!/usr/bin/env python3
"""Starts a built isms on the demonstration in a pseudo-terminal, looks for Today, quits, and checks the exit status.

    smoke.py PROGRAM
"""
import fcntl, os, pty, select, struct, sys, tempfile, termios, time

program, want = os.path.abspath(sys.argv[1]), [b"Meridian Pay", b"Today"]
home = tempfile.mkdtemp()
pid, fd = pty.fork()
if pid == 0:
    os.execve(program, [program, "--demo"], {"HOME": home, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": os.environ["PATH"]})
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
seen, end, quit_sent, status = b"", time.monotonic() + 60, False, None
while time.monotonic() < end and status is None:
    if select.select([fd], [], [], 0.1)[0]:
        try:
            seen += os.read(fd, 65536)
        except OSError:
            pass
    if not quit_sent and all(w in seen for w in want):
        os.write(fd, b"Q")
        quit_sent = True
    done, code = os.waitpid(pid, os.WNOHANG)
    if done:
        status = os.waitstatus_to_exitcode(code)
if status is None:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
for w in want:
    print(("saw " if w in seen else "did not see ") + w.decode())
print("exit status", status)
sys.exit(0 if status == 0 and all(w in seen for w in want) else 1)
