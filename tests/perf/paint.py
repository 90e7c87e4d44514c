#!/usr/bin/env python3
"""paint - time any full-screen terminal program from outside, through a real pty.

  paint.py [options] [--step STEP]... -- COMMAND [ARG...]
  paint.py [options] --cases FILE.ini [--only NAME,NAME]

It starts COMMAND in a pty of COLSxROWS, answers the usual terminal questions (DA, DSR, colours, kitty
keyboard), sends scripted keys and, per key, reports
  lat   ms from the write of the key to the last byte before the output goes quiet (or, with until=, to the
        chunk after which the regex matches the screen)
  first ms to the first byte of the answer; burst: to the last byte before the first gap of 60 ms (a program
        that also redraws on a timer has its own answer in `burst`, while `lat` includes the timer's redraws)
  bytes received for the key, wr = write calls, cpu = CPU ms of the whole process tree (ns clock, schedstat)
and for the start: first byte, `full` = first chunk after which as many rows are filled as on the stable
screen, `stable` = last byte before quiet; peak RSS (VmHWM, summed over the tree) and the time to quit.

STEPS (run in order; `start` is implied):
  start [until=RE] [quiet=MS] [timeout=S]      options for the implied first step
  key NAME[*N] [until=RE]      Up Down PgDn Enter Esc C-x M-x F1 Tab BS Space, or a literal character
  type TEXT                    one measured key per character
  send C-STRING                one measured write (C escapes), e.g. send \\x1b[B\\x1b[B
  do C-STRING                  the same, not measured;   walk NAME*N   N keys in one write, not measured
  wait RE                      until the screen matches (not measured)
  idle S                       no key for S seconds: bytes, writes and CPU that the program spends by itself
  sleep S                      quiet=MS also stands alone: sets the quiet time from here on
  quit C-STRING                write, then time to process exit
A step may carry `as=LABEL` (results of equal labels are pooled) .
Cases file: ini sections with cmd, optional cwd, env (A=B per line), steps (one per line).  All cases are run
in turn, -n rounds, so that drift of the machine hits them alike; medians over the rounds are printed.
Standard library only.  Linux only (/proc).
"""
import argparse, codecs, configparser, fcntl, json, os, pty, re, select, shlex, signal, statistics, struct
import sys, termios, threading, time, unicodedata

NAMED = {"Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D", "PgUp": "\x1b[5~",
         "PgDn": "\x1b[6~", "Home": "\x1b[H", "End": "\x1b[F", "Enter": "\r", "Esc": "\x1b", "Tab": "\t",
         "BackTab": "\x1b[Z", "Space": " ", "BS": "\x7f", "Del": "\x1b[3~", "F1": "\x1bOP", "F2": "\x1bOQ",
         "F3": "\x1bOR", "F4": "\x1bOS", "F5": "\x1b[15~"}


def keybytes(name):
    if name in NAMED:
        return NAMED[name].encode()
    if name.startswith("C-") and len(name) == 3:
        return bytes([ord(name[2].upper()) & 0x1F])
    if name.startswith("M-") and len(name) == 3:
        return b"\x1b" + name[2].encode()
    return name.encode()


class Screen:
    """Just enough of a VT: which character stands where."""

    def __init__(self, cols, rows):
        self.c, self.r = cols, rows
        self.top, self.bot = 0, rows - 1
        self.appkeys = False
        self.x = self.y = 0
        self.saved = (0, 0)
        self.wrap = False
        self.last = " "
        self.g = [[" "] * cols for _ in range(rows)]
        self.dec = codecs.getincrementaldecoder("utf-8")("replace")
        self.pend = ""

    CTL = re.compile(r"\x1b(?:\[([<=>?]?)([0-9;:]*)([ !\"$'*]*)([@-~])|[\]PX^_]((?:[^\x07\x1b]|\x1b(?!\\))*)(?:\x07|\x1b\\)|[()*+#%]([\x20-\x7e])|([0-9A-OQ-WYZa-z=><|}~\\]))")
    PART = re.compile(r"\x1b(?:\[[<=>?]?[0-9;:]*[ !\"$'*]*|[\]PX^_][^\x07]*|[()*+#%])?$", re.S)

    def feed(self, data):
        s = self.pend + self.dec.decode(data)
        self.pend = ""
        i, n = 0, len(s)
        while i < n:
            ch = s[i]
            if ch == "\x1b":
                m = self.CTL.match(s, i)
                if m:
                    self.ctl(m)
                    i = m.end()
                    continue
                if self.PART.match(s, i):
                    self.pend = s[i:]
                    return
                i += 1
                continue
            if ch >= " " and ch != "\x7f":
                self.put(ch)
            elif ch == "\r":
                self.x, self.wrap = 0, False
            elif ch in "\n\x0b\x0c":
                self.lf()
            elif ch == "\b":
                self.x, self.wrap = max(0, self.x - 1), False
            elif ch == "\t":
                self.x = min(self.c - 1, (self.x // 8 + 1) * 8)
            i += 1

    def put(self, ch):
        if unicodedata.combining(ch):
            return
        w = 2 if unicodedata.east_asian_width(ch) in "WF" else 1
        if self.wrap:
            self.x = 0
            self.lf()
        self.wrap = False
        self.g[self.y][self.x] = ch
        if w == 2 and self.x + 1 < self.c:
            self.g[self.y][self.x + 1] = ""
        self.last = ch
        self.x += w
        if self.x >= self.c:
            self.x, self.wrap = self.c - 1, True

    def blank(self):
        return [" "] * self.c

    def lf(self):
        self.wrap = False
        if self.y == self.bot:
            self.up(self.top, 1)
        elif self.y < self.r - 1:
            self.y += 1

    def up(self, at, n):
        for _ in range(min(n, self.bot - at + 1)):
            del self.g[at]
            self.g.insert(self.bot, self.blank())

    def down(self, at, n):
        for _ in range(min(n, self.bot - at + 1)):
            del self.g[self.bot]
            self.g.insert(at, self.blank())

    def ctl(self, m):
        priv, par, inter, fin, osc, charset, esc = m.groups()
        if esc:
            if esc == "7":
                self.saved = (self.x, self.y)
            elif esc == "8":
                self.x, self.y = self.saved
            elif esc == "D":
                self.lf()
            elif esc == "E":
                self.x = 0
                self.lf()
            elif esc == "M":
                if self.y == self.top:
                    self.down(self.top, 1)
                else:
                    self.y = max(0, self.y - 1)
            elif esc == "c":
                self.__init__(self.c, self.r)
            return
        if not fin or osc is not None or charset:
            return
        if priv or inter:
            if priv == "?" and fin in "hl" and "1" in par.split(";"):
                self.appkeys = fin == "h"
            if priv == "?" and fin in "hl" and re.search(r"\b(1049|1047|47)\b", par):
                self.g = [self.blank() for _ in range(self.r)]
            return
        p = [int(v.split(":")[0] or 0) for v in par.split(";")] if par else []
        a = lambda k, d: (p[k] if len(p) > k and p[k] else d)
        n = a(0, 1)
        row = self.g[self.y]
        self.wrap = False
        if fin in "Hf":
            self.y, self.x = min(self.r, a(0, 1)) - 1, min(self.c, a(1, 1)) - 1
        elif fin == "A":
            self.y = max(0, self.y - n)
        elif fin in "Be":
            self.y = min(self.r - 1, self.y + n)
        elif fin in "Ca":
            self.x = min(self.c - 1, self.x + n)
        elif fin == "D":
            self.x = max(0, self.x - n)
        elif fin in "G`":
            self.x = min(self.c, n) - 1
        elif fin == "d":
            self.y = min(self.r, n) - 1
        elif fin == "E":
            self.y, self.x = min(self.r - 1, self.y + n), 0
        elif fin == "F":
            self.y, self.x = max(0, self.y - n), 0
        elif fin == "J":
            k = a(0, 0)
            if k == 0:
                row[self.x:] = [" "] * (self.c - self.x)
                for y in range(self.y + 1, self.r):
                    self.g[y] = self.blank()
            elif k == 1:
                row[:self.x + 1] = [" "] * (self.x + 1)
                for y in range(self.y):
                    self.g[y] = self.blank()
            else:
                self.g = [self.blank() for _ in range(self.r)]
        elif fin == "K":
            k = a(0, 0)
            if k == 0:
                row[self.x:] = [" "] * (self.c - self.x)
            elif k == 1:
                row[:self.x + 1] = [" "] * (self.x + 1)
            else:
                self.g[self.y] = self.blank()
        elif fin == "X":
            for x in range(self.x, min(self.c, self.x + n)):
                row[x] = " "
        elif fin == "P":
            del row[self.x:self.x + n]
            row += [" "] * (self.c - len(row))
        elif fin == "@":
            row[self.x:self.x] = [" "] * n
            del row[self.c:]
        elif fin == "L":
            self.down(self.y, n)
        elif fin == "M":
            self.up(self.y, n)
        elif fin == "S":
            self.up(self.top, n)
        elif fin == "T":
            self.down(self.top, n)
        elif fin == "b":
            for _ in range(n):
                self.put(self.last)
        elif fin == "r":
            self.top, self.bot = a(0, 1) - 1, min(self.r, a(1, self.r)) - 1
            self.x = self.y = 0
        elif fin == "s":
            self.saved = (self.x, self.y)
        elif fin == "u":
            self.x, self.y = self.saved

    def lines(self):
        return ["".join(r).rstrip() for r in self.g]

    def text(self):
        return "\n".join(self.lines())

    def filled(self):
        return sum(1 for r in self.g if any(ch not in " " for ch in r))


QUERY = re.compile(rb"\x1b\[(?:6n|5n|0?c|>0?c|>0?q|=c|\?u|14t|16t|18t|\?\d+\$p)|\x1b\](?:10|11|12|4;\d+);\?(?:\x07|\x1b\\)")


class Tree:
    """CPU ns, peak RSS and write calls of a process and its descendants (last seen values are kept)."""

    def __init__(self, pid):
        self.pid, self.cpu, self.hwm, self.io = pid, {}, {}, {}

    def pids(self):
        todo, out = [self.pid], []
        while todo:
            p = todo.pop()
            out.append(p)
            try:
                for t in os.listdir("/proc/%d/task" % p):
                    with open("/proc/%d/task/%s/children" % (p, t)) as f:
                        todo += map(int, f.read().split())
            except OSError:
                pass
        return out

    def busy(self):
        """Is any thread running or waiting for a CPU or a disk?  Then silence does not mean `done`."""
        for p in self.pids():
            try:
                for t in os.listdir("/proc/%d/task" % p):
                    with open("/proc/%d/task/%s/stat" % (p, t)) as f:
                        if f.read().rpartition(")")[2].split()[0] in "RD":
                            return True
            except OSError:
                pass
        return False

    def look(self):
        for p in self.pids():
            try:
                for t in os.listdir("/proc/%d/task" % p):
                    with open("/proc/%d/task/%s/schedstat" % (p, t)) as f:
                        self.cpu[(p, t)] = int(f.read().split()[0])
                for l in open("/proc/%d/status" % p):
                    if l.startswith("VmHWM"):
                        self.hwm[p] = int(l.split()[1])
                for l in open("/proc/%d/io" % p):
                    if l.startswith("syscw"):
                        self.io[p] = int(l.split()[1])
            except OSError:
                pass
        return sum(self.cpu.values()) / 1e6, sum(self.hwm.values()), sum(self.io.values())


class Run:
    def __init__(self, argv, cols, rows, cwd=None, env=None, quiet=0.15, timeout=60.0):
        self.cols, self.rows, self.quiet, self.timeout = cols, rows, quiet, timeout
        self.scr = Screen(cols, rows)
        self.chunks, self.fed = [], 0
        self.dead = None
        self.gap, self.burst = 0.06, None
        # Spawned, not forked: a fork copies this process's tables, and that would count as the program's start (2 to 8 ms).
        fd, side = pty.openpty()
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        e = dict(os.environ, TERM="xterm-256color", COLORTERM="truecolor")
        e.pop("LINES", None), e.pop("COLUMNS", None)
        e.update(env or {})
        # The first terminal that the leader of a session opens is its own.
        files = [(os.POSIX_SPAWN_OPEN, 0, os.ttyname(side), os.O_RDWR, 0)]
        files += [(os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)]
        if cwd:
            argv = ["sh", "-c", 'cd "$0" && exec "$@"', cwd, *argv]
        self.fd = fd
        self.ev = threading.Event()
        self.th = threading.Thread(target=self.reader, daemon=True)
        self.th.start()
        self.t0 = time.monotonic()
        self.pid = os.posix_spawnp(argv[0], argv, e, file_actions=files, setsid=True)
        os.close(side)
        self.tree = Tree(self.pid)

    def key(self, name):
        """Cursor keys follow DECCKM: curses programs switch it on and know only the SS3 form."""
        b = keybytes(name)
        if self.scr.appkeys and name in ("Up", "Down", "Left", "Right", "Home", "End"):
            b = b"\x1bO" + b[2:]
        return b

    def reader(self):
        while True:
            try:
                b = os.read(self.fd, 65536)
            except OSError:
                b = b""
            t = time.monotonic()
            if not b:
                self.dead = t
                self.ev.set()
                return
            self.chunks.append((t, b))
            self.ev.set()

    def answer(self, b):
        for m in QUERY.finditer(b):
            q = m.group()
            if q == b"\x1b[6n":
                r = b"\x1b[%d;%dR" % (self.scr.y + 1, self.scr.x + 1)
            elif q == b"\x1b[5n":
                r = b"\x1b[0n"
            elif q in (b"\x1b[c", b"\x1b[0c"):
                r = b"\x1b[?62;22c"
            elif q.startswith(b"\x1b[>") and q.endswith(b"c"):
                r = b"\x1b[>41;354;0c"
            elif q == b"\x1b[18t":
                r = b"\x1b[8;%d;%dt" % (self.rows, self.cols)
            elif q.startswith(b"\x1b]"):
                r = q.rstrip(b"\x07\\").rstrip(b"\x1b").replace(b"?", b"rgb:1010/1010/1010") + b"\x1b\\"
            else:
                continue
            try:
                os.write(self.fd, r)
            except OSError:
                pass

    def settle(self, t0, until=None, quiet=None, timeout=None, on_chunk=None, need=True):
        """Wait for quiet (or until=); returns (first, last, bytes, ok)."""
        quiet = self.quiet if quiet is None else quiet
        end = time.monotonic() + (timeout or self.timeout)
        rx = re.compile(until, re.M) if until else None
        first = last = burst = None
        n = calm = 0
        hit = None
        while True:
            self.ev.clear()
            while self.fed < len(self.chunks):
                t, b = self.chunks[self.fed]
                self.fed += 1
                n += len(b)
                first = first or t
                if last is None or burst == last and t - last < self.gap:
                    burst = t
                last = t
                self.burst = burst
                self.scr.feed(b)
                self.answer(b)
                if on_chunk:
                    on_chunk(t)
                if rx and hit is None and rx.search(self.scr.text()):
                    hit = t
            if rx and hit is None and not n and rx.search(self.scr.text()):
                pass
            now = time.monotonic()
            if self.dead:
                if self.fed < len(self.chunks):
                    continue
                break
            if rx:
                if hit is not None and now - last >= min(quiet, 0.05):
                    last = hit
                    break
            elif self.fed == len(self.chunks) and (now - last >= quiet if last is not None else not need and now - t0 >= quiet):
                if now - t0 > quiet * 4 or not self.tree.busy():
                    calm += 1
                    if calm >= 3 or now - t0 > quiet * 4:
                        break
                else:
                    calm = 0
            if now > end:
                return first, last, n, False
            wait = 0.02
            if last is not None:
                wait = max(0.001, min(wait, quiet - (now - last)))
            self.ev.wait(wait)
        return first, last, n, True

    def kill(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
        except OSError:
            pass
        try:
            os.waitpid(self.pid, 0)
        except OSError:
            pass
        for p in self.tree.pids()[1:]:
            try:
                os.kill(p, signal.SIGKILL)
            except OSError:
                pass
        self.th.join(1.0)
        if not self.th.is_alive():          # a reader left on a re-used descriptor would steal the next run's bytes
            os.close(self.fd)


def split_step(s):
    """'key Down*20 until=foo bar as=x' -> verb, arg, options (an option's value runs to the next option)."""
    m = re.match(r"\s*(\w+)=", s)
    if m:
        verb, rest = "", " " + s
    else:
        verb, _, rest = s.strip().partition(" ")
        rest = " " + rest
    opts = {}
    parts = re.split(r"\s(until|quiet|timeout|as)=", rest)
    for k, v in zip(parts[1::2], parts[2::2]):
        opts[k] = v.strip()
    return verb, parts[0][1:] if parts[0].startswith(" ") else parts[0], opts


def cstr(s):
    return codecs.escape_decode(s.encode())[0]


def run_case(argv, steps, cols, rows, cwd, env, quiet, timeout, shots=None):
    res, notes = [], []
    steps = [split_step(s) for s in steps]
    so = {}
    if steps and steps[0][0] == "start":
        so = steps.pop(0)[2]
    r = Run(argv, cols, rows, cwd, env, quiet, timeout)
    try:
        fills = []
        a, b, n, ok = r.settle(r.t0, so.get("until"), float(so["quiet"]) / 1e3 if "quiet" in so else None,
                               float(so["timeout"]) if "timeout" in so else None,
                               on_chunk=lambda t: fills.append((t, r.scr.filled())))
        want = fills[-1][1] if fills else 0
        full = next((t for t, f in fills if f >= want), b)
        cpu, hwm, wr = r.tree.look()
        ms = lambda t: None if t is None else (t - r.t0) * 1e3
        res.append(dict(label="start", lat=ms(b), first=ms(a), full=ms(full), bytes=n, cpu=cpu, wr=wr, ok=ok, rows=want))
        if shots is not None:
            shots.append(("start", r.scr.text()))

        def one(label, data, opt):
            nonlocal cpu, wr, hwm
            cpu, hwm, wr = r.tree.look()
            t0 = time.monotonic()
            os.write(r.fd, data)
            a, b, n, ok = r.settle(t0, opt.get("until"), float(opt["quiet"]) / 1e3 if "quiet" in opt else None,
                                   float(opt["timeout"]) if "timeout" in opt else None, need=False)
            c2, hwm, w2 = r.tree.look()
            res.append(dict(label=label, burst=(r.burst - t0) * 1e3 if b else None, lat=(b - t0) * 1e3 if b else None, first=(a - t0) * 1e3 if a else None,
                            bytes=n, cpu=c2 - cpu, wr=w2 - wr, ok=ok))
            cpu, wr = c2, w2
            if shots is not None:
                shots.append((label, r.scr.text()))

        for verb, arg, opt in steps:
            if r.dead:
                notes.append("program ended early")
                break
            if verb == "" and "quiet" in opt:
                r.quiet = float(opt["quiet"]) / 1e3
            elif verb == "key":
                name, cnt = arg.strip(), 1
                m = re.match(r"(.+)\*(\d+)$", name)
                if m:
                    name, cnt = m.group(1), int(m.group(2))
                for _ in range(cnt):
                    one(opt.get("as", "key " + name), r.key(name), opt)
            elif verb == "type":
                for i, ch in enumerate(arg.strip(), 1):
                    one(opt.get("as", "type") + " %d" % i, ch.encode(), {k: v for k, v in opt.items() if k != "as"})
            elif verb == "send":
                one(opt.get("as", "send " + arg.strip()), cstr(arg.strip()), opt)
            elif verb == "walk":
                name, _, cnt = arg.strip().rpartition("*")
                os.write(r.fd, r.key(name) * int(cnt))
                r.settle(time.monotonic(), need=False)
            elif verb == "do":
                os.write(r.fd, cstr(arg.strip()))
                r.settle(time.monotonic(), opt.get("until"), need=False)
            elif verb == "wait":
                _, _, _, ok = r.settle(time.monotonic(), arg.strip(), need=False) if not re.search(arg.strip(), r.scr.text(), re.M) else (0, 0, 0, True)
                if not ok:
                    notes.append("never saw " + arg)
            elif verb == "idle":
                cpu, hwm, wr = r.tree.look()
                n0 = sum(len(b) for _, b in r.chunks)
                time.sleep(float(arg))
                c2, hwm, w2 = r.tree.look()
                res.append(dict(label="idle %ss" % arg.strip(), lat=None, first=None, ok=True, cpu=c2 - cpu, wr=w2 - wr,
                                bytes=sum(len(b) for _, b in r.chunks) - n0))
                cpu, wr = c2, w2
                r.settle(time.monotonic(), need=False, quiet=0.02, timeout=0.3)
            elif verb == "sleep":
                time.sleep(float(arg))
                r.settle(time.monotonic(), need=False, quiet=0.02)
            elif verb == "quit":
                cpu, hwm, wr = r.tree.look()
                t0 = time.monotonic()
                os.write(r.fd, cstr(arg.strip()))
                end = t0 + 10
                t1 = None
                while time.monotonic() < end:
                    p, _ = os.waitpid(r.pid, os.WNOHANG)
                    if p:
                        t1 = time.monotonic()
                        break
                    time.sleep(0.0005)
                res.append(dict(label="quit", lat=(t1 - t0) * 1e3 if t1 else None, first=None, bytes=sum(len(b) for _, b in r.chunks[r.fed:]), cpu=0, wr=0, ok=bool(t1)))
            else:
                raise SystemExit("unknown step: %r" % verb)
        h = r.tree.look()[1] if not r.dead else hwm
        res[0]["rss"] = max(h, hwm)
    finally:
        r.kill()
    return res, notes


def med(v):
    v = [x for x in v if x is not None]
    return statistics.median(v) if v else float("nan")


def p90(v):
    v = sorted(x for x in v if x is not None)
    return v[min(len(v) - 1, int(0.9 * len(v)))] if v else float("nan")


def report(name, runs, rowsout):
    pool, order = {}, []
    for res, _ in runs:
        for x in res:
            if x["label"] not in pool:
                pool[x["label"]] = []
                order.append(x["label"])
            pool[x["label"]].append(x)
    for l in order:
        v = pool[l]
        d = dict(case=name, step=l, n=len(v), lat=med([x["lat"] for x in v]), p90=p90([x["lat"] for x in v]),
                 first=med([x["first"] for x in v]), burst=med([x.get("burst") for x in v]), bytes=med([x["bytes"] for x in v]), cpu=med([x["cpu"] for x in v]),
                 wr=med([x["wr"] for x in v]), bad=sum(not x["ok"] for x in v))
        if l == "start":
            d["full"] = med([x["full"] for x in v])
            d["rss_mb"] = med([x.get("rss") for x in v]) / 1024
            d["rows"] = med([x["rows"] for x in v])
        rowsout.append(d)
        ex = "  full %8.1f ms, %d rows, peak RSS %.1f MB" % (d["full"], d["rows"], d["rss_mb"]) if l == "start" else ""
        print("%-22s %-16s n=%-3d first %8.2f burst %8.2f lat %9.2f p90 %9.2f ms  %7.0f B  %5.0f wr  cpu %9.2f ms%s%s"
              % (name, l, d["n"], d["first"], d["burst"], d["lat"], d["p90"], d["bytes"], d["wr"], d["cpu"], ex,
                 "  [%d not settled]" % d["bad"] if d["bad"] else ""), flush=True)
    for _, notes in runs:
        for t in set(notes):
            print("   note (%s): %s" % (name, t))


def ratios(name, runs, base, bruns):
    """Median over the rounds of (this case's median in the round / the base case's median in the same round)."""
    acc, order = {}, []
    for (ra, _), (rb, _) in zip(runs, bruns):
        for l in dict.fromkeys(x["label"] for x in ra):
            for f in ("first", "full", "burst", "bytes", "cpu", "wr", "rss"):
                a = med([x.get(f) for x in ra if x["label"] == l])
                b = med([x.get(f) for x in rb if x["label"] == l])
                if a == a and b == b and b > 0:
                    if l not in acc:
                        acc[l] = {}
                        order.append(l)
                    acc[l].setdefault(f, []).append(a / b)
    for l in order:
        print("ratio %s / %s  %-14s %s" % (name, base, l, "  ".join("%s %.3f" % (f, med(v)) for f, v in acc[l].items())))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("-n", type=int, default=3, help="rounds")
    ap.add_argument("-g", default="120x40", help="COLSxROWS")
    ap.add_argument("--quiet", type=float, default=150, help="ms without output that count as stable")
    ap.add_argument("--timeout", type=float, default=60, help="s per step")
    ap.add_argument("--step", action="append", default=[])
    ap.add_argument("--cases")
    ap.add_argument("--only")
    ap.add_argument("--vs", metavar="CASE", help="print every other case's first/burst/bytes/cpu (start: full, rss) as a ratio to CASE, paired by round")
    ap.add_argument("--json", help="write the rows there as JSON lines")
    ap.add_argument("--shots", action="store_true", help="print the screen after every step of the first round")
    ap.add_argument("cmd", nargs=argparse.REMAINDER)
    o = ap.parse_args()
    sys.setswitchinterval(1e-4)
    cols, rows = map(int, o.g.split("x"))
    cases = []
    if o.cases:
        cp = configparser.ConfigParser(interpolation=None, comment_prefixes=(";",), inline_comment_prefixes=None)
        cp.optionxform = str
        cp.read(o.cases)
        for s in cp.sections():
            if o.only and s not in o.only.split(",") and not any(re.fullmatch(p, s) for p in o.only.split(",")):
                continue
            c = cp[s]
            env = dict(l.split("=", 1) for l in c.get("env", "").strip().splitlines() if l)
            cases.append((s, shlex.split(c["cmd"]), [l for l in c.get("steps", "").strip().splitlines() if l.strip()], c.get("cwd"), env))
    else:
        cmd = o.cmd[1:] if o.cmd[:1] == ["--"] else o.cmd
        if not cmd:
            ap.error("no command")
        cases.append((os.path.basename(cmd[0]), cmd, o.step, None, None))
    got = {c[0]: [] for c in cases}
    for i in range(o.n):
        for name, argv, steps, cwd, env in cases:
            shots = [] if o.shots and i == 0 else None
            try:
                got[name].append(run_case(argv, steps, cols, rows, cwd, env, o.quiet / 1e3, o.timeout, shots))
            except OSError as e:
                print("   %s: %s" % (name, e))
            for l, t in shots or []:
                print("=== %s after %s\n%s" % (name, l, t))
    out = []
    for name in got:
        if got[name]:
            report(name, got[name], out)
    if o.vs:
        for name in got:
            if name != o.vs:
                ratios(name, got[name], o.vs, got[o.vs])
    if o.json:
        with open(o.json, "a") as f:
            for d in out:
                f.write(json.dumps(dict(d, at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), geom=o.g)) + "\n")


if __name__ == "__main__":
    main()
