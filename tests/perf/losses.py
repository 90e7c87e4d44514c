#!/usr/bin/env python3
"""Measures the simulation of a portfolio beside numpy doing the same work, and prints the ratios.

  losses.py [--risks N] [--years N] [--rounds N] [--program PATH]

The same risks (fixed seed) on both sides, one thread each, in turn, round by round: every risk is simulated over all
years, its 90, 95 and 99 % quantiles are taken, and its years are added to the total, whose quantiles are taken. CPU time
of the process counts, so that a busy machine moves both sides alike. What is measured is benches/losses.rs. Needs numpy.
"""
import argparse, json, os, random, statistics, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KINDS = ["lognormal", "pert"]
PEER = """
import json, math, resource, sys
import numpy as np
kind, path, years = sys.argv[1], sys.argv[2], int(sys.argv[3])
risks = [[float(v) for v in line.split(",")] for line in open(path)]
g = np.random.Generator(np.random.SFC64(1))
cpu = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
start, events, total = cpu(), 0, np.zeros(years)
for rate, low, high in risks:
    count = g.poisson(rate, years)
    n = int(count.sum())
    events += n
    if kind == "pert":
        mode = min(2 * low, high)
        width = high - low
        loss = low + width * g.beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, n)
    else:
        loss = g.lognormal((math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / 3.2897072539029444, n)
    own = np.bincount(np.repeat(np.arange(years), count), weights=loss, minlength=years)
    np.percentile(own, [90, 95, 99])
    total += own
q = np.percentile(total, [90, 95, 99])
print(json.dumps({"cpu": cpu() - start, "events": events, "mean": total.mean(), "var": list(q)}))
"""


def risks(n):
    """Frequency a year, 5 % and 95 % quantile of a loss."""
    r = random.Random(n)
    for _ in range(n):
        low = 10 ** r.uniform(3, 5)
        yield "%.4f,%.2f,%.2f" % (min(10 ** r.gauss(-0.5, 0.5), 20), low, low * 10 ** r.uniform(0.5, 1.5))


def built():
    """The bench as a program."""
    command = ["cargo", "bench", "--bench", "losses", "--no-run", "--message-format=json"]
    for line in subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.splitlines():
        found = json.loads(line)
        if found.get("executable") and found["target"]["name"] == "losses":
            return found["executable"]
    sys.exit("losses.py: cargo built no bench")


def run(argv):
    return json.loads(subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout)


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--risks", type=int, default=1000)
    a.add_argument("--years", type=int, default=100000)
    a.add_argument("--rounds", type=int, default=3)
    a.add_argument("--program")
    o = a.parse_args()
    program = o.program or built()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "risks.csv")
        with open(path, "w") as f:
            f.writelines(line + "\n" for line in risks(o.risks))
        ours, theirs = {}, {}
        for _ in range(o.rounds):
            for kind in KINDS + ["tree"]:
                ours.setdefault(kind, []).append(run([program, "measure", kind, path, str(o.years)]))
                if kind in KINDS:
                    theirs.setdefault(kind, []).append(run([sys.executable, "-c", PEER, kind, path, str(o.years)]))
    middle = lambda all, key: statistics.median(x[key] for x in all)
    print("%d risks x %d years, CPU of one thread, median of %d" % (o.risks, o.years, o.rounds))
    print("%-10s %9s %9s %7s %10s %10s %12s" % ("loss", "isms s", "numpy s", "ratio", "ns/event", "one edit", "edit/full"))
    for kind in KINDS + ["tree"]:
        mine = ours[kind]
        cpu, edit = middle(mine, "cpu"), middle(mine, "edit")
        peer = ("%9.3f %7.3f" % (middle(theirs[kind], "cpu"), cpu / middle(theirs[kind], "cpu"))) if kind in KINDS else " " * 17
        print("%-10s %9.3f %s %10.2f %8.2fms %12.4f" % (kind, cpu, peer, cpu * 1e9 / mine[0]["events"], edit * 1e3, edit / cpu))
    for kind in KINDS:
        for what, mine, other in [("mean", ours[kind][0]["mean"], theirs[kind][0]["mean"])] + [
                ("VaR %d" % p, m, t) for p, m, t in zip((90, 95, 99), ours[kind][0]["var"], theirs[kind][0]["var"])]:
            if abs(mine / other - 1) > 0.02:
                sys.exit("losses.py: %s of %s is %g here and %g there: not the same work" % (what, kind, mine, other))


main()
