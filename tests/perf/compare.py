#!/usr/bin/env python3
"""Measures the screen beside fzf on the same rows, and prints the table of the README.

  compare.py [--rows N] [--rounds N] [--program PATH] [--keep DIR] [--readme]

It makes a store of N risks (fixed seed), exports their titles, and drives both programs in a real pseudo-terminal of
120x40, in turn, round by round (paint.py). Figures of one run are ratios on one machine, whatever its load. With
--readme the table between the marks of README.md is written anew. Needs fzf; standard library only; Linux only.
"""
import argparse, json, os, random, re, shutil, statistics, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import paint  # noqa: E402

VERB = "Loss Theft Disclosure Corruption Unavailability Misuse Tampering Leakage Exposure Failure Outage Abuse Bypass Fraud".split()
WHAT = ("customer database;payment gateway;source code repository;backup tapes;identity provider;HR records;laptop fleet;"
        "mail server;object storage bucket;firewall rule base;build pipeline;API keys;DNS zone;supplier portal;data warehouse;"
        "badge system;mobile application;web shop;log archive;certificate store;patient records").split(";")
HOW = ("phishing of administrators;an unpatched vulnerability;a misconfigured access list;an insider with excess rights;"
       "lost credentials;a supplier breach;a power failure;a flooded server room;an expired certificate;SQL injection;"
       "malware;weak encryption;missing logging;an untested restore;a shared account;a stolen device;human error;fire").split(";")
SITE = "Berlin Oslo Lyon Porto Gdansk Turin Malmo Leeds Ghent Bonn Graz Brno Riga Cork Turku Varna Split Basel".split()
QUERY = "phbeos"


def risks(n):
    r = random.Random(n)
    for _ in range(n):
        title = "%s of %s via %s" % (r.choice(VERB), r.choice(WHAT), r.choice(HOW))
        if r.random() < 0.5:
            title += " in " + r.choice(SITE)
        day = "2027-%02d-%02d" % (r.randint(1, 12), r.randint(1, 28))
        yield title, r.choice(["mitigate", "avoid", "share", "accept"]), r.randint(1, 5), r.randint(1, 5), day


def isms(o, *arguments, **more):
    return subprocess.run([o.program, "--store", o.store, *arguments], check=True, env=o.env, stdout=subprocess.PIPE, **more).stdout


def data(o):
    """A store, and the titles of its risks as lines."""
    table = os.path.join(o.dir, "risks.csv")
    with open(table, "w") as f:
        f.write("title,treatment,current_likelihood,current_impact,treat_by\n")
        f.writelines("%s,%s,%d,%d,%s\n" % row for row in risks(o.rows))
    isms(o, "init", "--name", "A large company")
    isms(o, "import", "risk", table)
    found = json.loads(isms(o, "list", "risk", "--json"))
    with open(os.path.join(o.dir, "titles.txt"), "w") as f:
        f.writelines(r["title"] + "\n" for r in found)


def cases(o):
    quiet = 400 + o.rows // 100
    return [
        ("isms", [o.program, "--store", o.store], [
            "start quiet=%d" % quiet, "idle 10", "key j*24 as=row", "walk j*12", "key j*20 as=scroll", "key PgDn*6 as=page",
            "do /", "type %s as=filter" % QUERY, "do \\x1b", "do \\x1b", "quit Q"]),
        ("fzf", ["sh", "-c", "fzf < " + os.path.join(o.dir, "titles.txt")], [
            "start quiet=%d" % quiet, "idle 10", "key Up*24 as=row", "walk Up*40", "key Up*20 as=scroll", "key PgUp*6 as=page",
            "type %s as=filter" % QUERY, "quit \\x1b"]),
    ]


def measure(o):
    """All steps of all rounds, by program."""
    # The first time the screen is at the list of risks, as a person leaves it in the evening.
    paint.run_case([o.program, "--store", o.store], ["start quiet=8000", "do gr", "sleep 8", "quit Q"], 120, 40, None, o.env, .3, 120)
    got = {}
    for _ in range(o.rounds):
        for name, argv, steps in cases(o):
            steps, notes = paint.run_case(argv, steps, 120, 40, None, o.env, .15, 120)
            for note in set(notes):
                print("note (%s): %s" % (name, note), file=sys.stderr)
            got.setdefault(name, []).append(steps)
    return got


def of(rounds, label, field, pick=statistics.median):
    """A figure by round: of the steps of this label the middle, or the worst."""
    out = []
    for steps in rounds:
        values = [s.get(field) for s in steps if re.fullmatch(label, s["label"])]
        values = [v for v in values if v is not None]
        out.append(pick(values) if values else float("nan"))
    return out


ROWS = [
    # what, label, field, pick, form, goal, over fzf
    ("first full screen", "start", "full", statistics.median, "%.0f ms", "at most 0.5 times", True),
    ("filter key, the worst of six, settled", r"filter \d", "burst", max, "%.1f ms", "at most 0.15 times", True),
    ("the same, first byte of the answer", r"filter \d", "first", max, "%.1f ms", "", True),
    ("a row down", "row", "bytes", statistics.median, "%.0f bytes", "at most 90 bytes", True),
    ("a row scrolled", "scroll", "bytes", statistics.median, "%.0f bytes", "at most 430 bytes", True),
    ("a page down", "page", "bytes", statistics.median, "%.0f bytes", "", True),
    ("processor for a row down", "row", "cpu", statistics.median, "%.2f ms", "", True),
    ("idle for 10 s", "idle.*", "bytes", statistics.median, "%.0f bytes", "0 bytes", False),
    ("processor while idle", "idle.*", "cpu", statistics.median, "%.1f ms", "none", False),
    ("memory at its peak (VmHWM)", "start", "rss", statistics.median, "%.0f MB", "at most 200 MB at 100,000", False),
]


def table(o, got):
    lines = ["| %s risks, 120x40 | isms | fzf | ratio | goal |" % format(o.rows, ","), "|---|---|---|---|---|"]
    for what, label, field, pick, form, goal, over in ROWS:
        scale = 1 / 1024 if field == "rss" else 1
        a, b = (of(got[name], label, field, pick) for name in ("isms", "fzf"))
        ratio = statistics.median(x / y for x, y in zip(a, b)) if over and all(b) else None
        show = lambda v: form % (statistics.median(v) * scale)
        lines.append("| %s | %s | %s | %s | %s |" % (what, show(a), show(b), "%.2f" % ratio if ratio is not None else "", goal))
    return "\n".join(lines)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=int, default=100_000)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--program", default=os.path.join(ROOT, "target/release/isms"))
    ap.add_argument("--keep", metavar="DIR", help="make the data there, and leave it; it is used again if it is there")
    ap.add_argument("--readme", action="store_true", help="write the table into README.md")
    o = ap.parse_args()
    if not os.access(o.program, os.X_OK):
        sys.exit("there is no %s: cargo build --release makes it" % o.program)
    if not shutil.which("fzf"):
        sys.exit("fzf is not here: apt install fzf brings it")
    sys.setswitchinterval(1e-4)
    scratch = tempfile.mkdtemp(prefix="compare-")
    o.dir = os.path.abspath(o.keep or scratch)
    os.makedirs(o.dir, exist_ok=True)
    o.store = os.path.join(o.dir, "store")
    o.env = dict(os.environ, HOME=os.path.join(o.dir, "home"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "ISMS_STORE", "FZF_DEFAULT_OPTS"):
        o.env.pop(name, None)
    os.makedirs(o.env["HOME"], exist_ok=True)
    try:
        if not os.path.exists(os.path.join(o.dir, "titles.txt")):
            # In a process of its own: the larger this one is, the longer each program takes to begin.
            maker = os.fork()
            if maker == 0:
                status = 1
                try:
                    data(o)
                    status = 0
                finally:
                    os._exit(status)
            if os.waitpid(maker, 0)[1] != 0:
                sys.exit("the data could not be made")
        text = table(o, measure(o))
        print(text)
        if o.readme:
            path = os.path.join(ROOT, "README.md")
            mark = "<!-- measured-%d -->\n" % o.rows
            old = open(path).read()
            head, rest = old.split(mark, 1)
            tail = rest.split("<!-- /measured -->", 1)[1]
            open(path, "w").write(head + mark + text + "\n<!-- /measured -->" + tail)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
