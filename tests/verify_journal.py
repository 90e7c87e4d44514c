#!/usr/bin/env python3
"""Verifies the journal of an isms store without isms: Python's standard library only.

    verify_journal.py STORE

The format is described on one page, in src/ledger/format.rs. Prints the number of commits, the seal of the last one,
the digest of all records, and the first bad entry. Exit status: 0 everything fits, 1 damaged or lost, 2 cannot tell.
There is no outside anchor: a rewrite of the whole would not be seen."""
import hashlib, json, os, re, sys

NONE = "0" * 64
HASH = re.compile("[0-9a-f]{64}").fullmatch
SEGMENT = re.compile(r"\d{6}\.jsonl").fullmatch
sha = lambda b: hashlib.sha256(b).digest()
term = lambda i, leaf: int.from_bytes(sha(i.encode() + b"\0" + bytes.fromhex(leaf)), "big") if leaf else 0


class Bad(Exception):
    newer = False


def need(holds, what):
    if not holds:
        raise Bad(what)


def merkle(leaves):
    """The Merkle tree hash of RFC 6962, 2.1."""
    if len(leaves) < 2:
        return sha(b"\0" + leaves[0] if leaves else b"")
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + merkle(leaves[:k]) + merkle(leaves[k:]))


def once(pairs):
    need(len({k for k, _ in pairs}) == len(pairs), "a name stands twice")
    return dict(pairs)


def check(chain, lines):
    """Holds one group, the sealed line last, against the format and the commits before it."""
    try:
        *contents, sealed = lines
        s = json.loads(sealed.decode(), object_pairs_hook=once)
        if type(s["format"]) is int and s["format"] > 1:
            Bad.newer = True
            raise Bad(f"format {s['format']}, written by a newer isms")
        entries = [(i, leaf, before) for i, leaf, before in s["entries"]]
        need(all(HASH(h) for e in entries for h in e[1:]), "an entry cannot be read")
        texts = [s[n] for n in ("store", "time", "actor", "by", "action", "prev", "root", "state")]
        need(all(isinstance(t, str) for t in texts), "a text is missing")
    except (ValueError, KeyError, TypeError) as e:
        raise Bad(f"the sealed line cannot be read: {e!r}")
    need(s["seq"] == chain.seq + 1, f"commit {s['seq']} stands where commit {chain.seq + 1} was expected")
    need(s["format"] == 1, f"format {s['format']}")
    need(re.fullmatch("[0-9a-f]{32}", s["store"]), "the store's id cannot be read")
    need(chain.store in (None, s["store"]), "the commit belongs to another store")
    need(s["prev"] == chain.seal, "it does not follow the commit before it")
    need(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", s["time"]), "the time cannot be read")
    need(len(entries) == len(contents), f"{len(contents)} content lines, but {len(entries)} entries")
    leaves, digest, data = {}, chain.digest, []
    for (ident, leaf, before), line in zip(entries, contents):
        need(sha(line).hex() == leaf, f"the content of {ident} does not have the hash that was sealed")
        need(line.startswith(b'{"id":"%s","salt":"' % ident.encode()), f"the content line is not that of {ident}")
        had = chain.leaves.get(ident)
        need((had or NONE) == before, f"{ident} does not replace the content that it had")
        need(ident not in leaves, f"{ident} stands twice in one commit")
        gone = line.endswith(b',"tombstone":true}') and "content" not in json.loads(line)
        leaves[ident] = None if gone else leaf
        digest += term(ident, leaves[ident]) - term(ident, had)
        data.append(ident.encode() + b"\0" + bytes.fromhex(leaf) + bytes.fromhex(before))
    digest %= 1 << 256
    need(merkle(data).hex() == s["root"], "the Merkle root is not that of the entries")
    need(f"{digest:064x}" == s["state"], "the digest is not that of the records")
    chain.leaves.update(leaves)
    chain.seq, chain.store, chain.seal, chain.digest = s["seq"], s["store"], sha(sealed).hex(), digest
    chain.seals[chain.seq] = chain.seal


class Chain:
    seq, store, seal, digest = 0, None, NONE, 0

    def __init__(self):
        self.leaves, self.seals = {}, {}


def groups(folder):
    """Every group: its place, its lines, whether it ends with a sealed line. Lines None: the file is missing."""
    for n, name in enumerate(sorted(filter(SEGMENT, os.listdir(folder))), 1):
        if int(name[:6]) != n:
            yield f"journal/{n:06}.jsonl", None, True
            return
        lines, first = [], 1
        with open(os.path.join(folder, name), "rb") as f:
            for number, line in enumerate(f, 1):
                lines.append(line)
                if line.startswith(b'{"seq":') and line.endswith(b"\n"):
                    yield f"journal/{name} line {first}", lines, True
                    lines, first = [], number + 1
        if lines:
            yield f"journal/{name} line {first}", lines, False


def acknowledged(store):
    """Number and seal of the last commit that was acknowledged, by state/head; None if that says nothing."""
    try:
        text = open(os.path.join(store, "state", "head"), "rb").read()
    except OSError:
        return None
    m = re.fullmatch(rb"(seq (\d+)\nseal ([0-9a-f]{64})\nflushed \d+\n)sum ([0-9a-f]{64})\n *\n", text)
    if m and len(text) == 256 and sha(m[1]).hex() == m[4].decode():
        return int(m[2]), m[3].decode()
    need(not text.strip(b"\0"), "state/head is damaged")


def main(store):
    chain, bad, torn, lost = Chain(), None, False, None
    folder = os.path.join(store, "journal")
    for place, lines, whole in groups(folder):
        if bad:
            torn = False
            break
        try:
            need(lines is not None, "it is missing")
            need(whole, "an unfinished commit")
            check(chain, [line.rstrip(b"\n") for line in lines])
        except Bad as e:
            bad = f"{place}, commit {chain.seq + 1}: {e}"
            number = lines and re.match(rb'\{"seq":(\d+)', lines[-1])
            torn = lines and not Bad.newer and (not whole or not number or int(number[1]) == chain.seq + 1)
    try:
        head = acknowledged(store) or (0, None)
        if head[0] > chain.seq:
            lost, torn = f"commit {head[0]} was acknowledged, the journal ends with commit {chain.seq}", False
        need(head[0] == 0 or lost or chain.seals[head[0]] == head[1], f"commit {head[0]} is not the acknowledged one")
        strays = [n for n in os.listdir(folder) if not SEGMENT(n) and not n.startswith("tail.")]
        need(not strays, f"journal/{strays and strays[0]} does not belong there")
    except Bad as e:
        lost = str(e)
    print(f"commits {chain.seq}\nhead    {chain.seal}\ndigest  {chain.digest:064x}")
    print(f"note: {bad}: never acknowledged\n" if torn else f"first bad entry: {bad}\n" if bad else "", end="")
    print(f"{lost}\n" * bool(lost) + "no outside anchor: a rewrite of the whole would not be seen")
    return 2 if Bad.newer else 1 if (bad and not torn) or lost else 0


if __name__ == "__main__":
    if len(sys.argv) == 2 and os.path.isdir(os.path.join(sys.argv[1], "journal")):
        sys.exit(main(sys.argv[1]))
    print("usage: verify_journal.py STORE (a folder that holds 'journal')")
    sys.exit(2)
