#!/usr/bin/env python3
"""Verifies the journal of an isms store without isms: Python's standard library only.

    verify_journal.py STORE

The format is described on one page, in src/ledger/format.rs. Prints the number of commits, the seal of the last one,
the digest of all records, and the first bad entry. Exit status: 0 everything fits, 1 damaged or lost, 2 cannot tell.
There is no outside anchor: a rewrite of the whole would not be seen."""
import hashlib, json, os, re, sys

NONE = "0" * 64
sha = lambda b: hashlib.sha256(b).digest()


class Bad(Exception):
    pass


class Newer(Exception):
    pass


def merkle(leaves):
    """The Merkle tree hash of RFC 6962, 2.1."""
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\0" + leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\1" + merkle(leaves[:k]) + merkle(leaves[k:]))


def term(ident, leaf):
    return int.from_bytes(sha(ident.encode() + b"\0" + bytes.fromhex(leaf)), "big")


def once(pairs):
    """No name may stand twice in an object."""
    if len({k for k, _ in pairs}) != len(pairs):
        raise Bad("a name stands twice")
    return dict(pairs)


def check(chain, lines):
    """Holds one group, the sealed line last, against the format and the commits before it."""
    *contents, sealed = lines
    try:
        s = json.loads(sealed.decode(), object_pairs_hook=once)
        if type(s["format"]) is int and s["format"] > 1:
            raise Newer(f"format {s['format']}, written by a newer isms")
        entries = [tuple(e) for e in s["entries"]]
        if any(len(e) != 3 or not all(re.fullmatch("[0-9a-f]{64}", h) for h in e[1:]) for e in entries):
            raise Bad("an entry cannot be read")
        hexes = [s["store"], s["prev"], s["root"], s["state"]]
        texts = [s["time"], s["actor"], s["by"], s["action"]]
        if not all(isinstance(t, str) for t in hexes + texts):
            raise Bad("a text is missing")
    except (ValueError, KeyError, TypeError) as e:
        raise Bad(f"the sealed line cannot be read: {e!r}")
    if s["seq"] != chain["seq"] + 1:
        raise Bad(f"commit {s['seq']} stands where commit {chain['seq'] + 1} was expected")
    if s["format"] != 1:
        raise Bad(f"format {s['format']}")
    if not re.fullmatch("[0-9a-f]{32}", s["store"]) or chain["store"] not in (None, s["store"]):
        raise Bad("the commit belongs to another store")
    if s["prev"] != chain["seal"]:
        raise Bad("it does not follow the commit before it")
    if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", s["time"]):
        raise Bad("the time cannot be read")
    if len(entries) != len(contents):
        raise Bad(f"{len(contents)} content lines, but {len(entries)} entries")
    leaves, digest = {}, chain["digest"]
    for (ident, leaf, before), line in zip(entries, contents):
        if sha(line).hex() != leaf:
            raise Bad(f"the content of {ident} does not have the hash that was sealed")
        if not line.startswith(b'{"id":"' + ident.encode() + b'","salt":"'):
            raise Bad(f"the content line is not that of {ident}")
        had = chain["leaves"].get(ident)
        if (had or NONE) != before:
            raise Bad(f"{ident} does not replace the content that it had")
        if ident in leaves:
            raise Bad(f"{ident} stands twice in one commit")
        gone = line.endswith(b',"tombstone":true}') and "content" not in json.loads(line)
        digest += (0 if gone else term(ident, leaf)) - (term(ident, had) if had else 0)
        leaves[ident] = None if gone else leaf
    data = [i.encode() + b"\0" + bytes.fromhex(leaf) + bytes.fromhex(before) for i, leaf, before in entries]
    if merkle(data).hex() != s["root"]:
        raise Bad("the Merkle root is not that of the entries")
    digest %= 1 << 256
    if f"{digest:064x}" != s["state"]:
        raise Bad("the digest is not that of the records")
    for ident, leaf in leaves.items():
        chain["leaves"].pop(ident, None) if leaf is None else chain["leaves"].__setitem__(ident, leaf)
    chain.update(seq=s["seq"], store=s["store"], seal=sha(sealed).hex(), digest=digest)
    chain["seals"][s["seq"]] = chain["seal"]


def groups(folder):
    """Every group with its place, and what stands behind the last one of a file."""
    names = sorted(n for n in os.listdir(folder) if re.fullmatch(r"\d{6}\.jsonl", n))
    for n, name in enumerate(names, 1):
        if int(name[:6]) != n:
            yield f"{n:06}.jsonl", None, True
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
    """The last commit that was acknowledged, by state/head."""
    try:
        text = open(os.path.join(store, "state", "head"), "rb").read()
    except OSError:
        return None
    m = re.fullmatch(rb"(seq (\d+)\nseal ([0-9a-f]{64})\nflushed \d+\n)sum ([0-9a-f]{64})\n *\n", text)
    if m and len(text) == 256 and sha(m[1]).hex() == m[4].decode():
        return int(m[2]), m[3].decode()
    return "damaged" if text.strip(b"\0") else None


def main(store):
    chain = dict(seq=0, store=None, seal=NONE, digest=0, leaves={}, seals={})
    bad, torn, newer = None, False, False
    folder = os.path.join(store, "journal")
    for place, lines, whole in groups(folder):
        if bad:
            torn = False
            break
        try:
            if lines is None:
                raise Bad("it is missing")
            if not whole:
                raise Bad("an unfinished commit")
            check(chain, [line.rstrip(b"\n") for line in lines])
        except (Bad, Newer) as e:
            newer = isinstance(e, Newer)
            bad = f"{place}, commit {chain['seq'] + 1}: {e}"
            number = re.match(rb'\{"seq":(\d+)', lines[-1]) if lines else None
            torn = lines is not None and not newer and (not whole or not number or int(number[1]) == chain["seq"] + 1)
    head = acknowledged(store)
    lost = None
    if head == "damaged":
        lost, head = "state/head is damaged", None
    elif head and head[0] > chain["seq"]:
        lost, torn = f"commit {head[0]} was acknowledged, the journal ends with commit {chain['seq']}", False
    elif head and chain["seals"].get(head[0]) != head[1] and head[0] > 0:
        lost = f"commit {head[0]} is not the one that was acknowledged"
    for name in sorted(os.listdir(folder)):
        if not re.fullmatch(r"\d{6}\.jsonl|tail\..*", name):
            lost = lost or f"journal/{name} does not belong there"
    print(f"commits {chain['seq']}\nhead    {chain['seal']}\ndigest  {chain['digest']:064x}")
    if torn:
        print(f"note: {bad}: never acknowledged")
    elif bad:
        print(f"first bad entry: {bad}")
    if lost:
        print(lost)
    print("no outside anchor: a rewrite of the whole would not be seen")
    return 2 if newer else 1 if (bad and not torn) or lost else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not os.path.isdir(os.path.join(sys.argv[1], "journal")):
        print("usage: verify_journal.py STORE (a folder that holds 'journal')")
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
