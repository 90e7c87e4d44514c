//! Files that somebody made to harm: cut, flipped, blown up, nested. Every one of them is taken or refused with a word
//! of what is wrong; nothing panics, nothing fills the memory, and where it is refused nothing has changed.

use crate::desk::*;
use isms::exchange::{CISO_ASSISTANT, Format, SIMPLERISK};
use isms::model::door;
use std::io::Write;
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// As many files of each format.
const MUTANTS: usize = 500;

/// Numbers from a seed: the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
}

/// What mean things are made of.
const SPICE: &[&[u8]] = &[
    b"\"",
    b"\n",
    b"\r",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"=cmd|' /C calc'!A0",
    b"\x1b]52;c;AAAA\x07",
    b";;;;;;;;",
    b",,,,,,,,,,,,,,,,",
    b"'",
    b"[[[[[[[[[[[[",
    b"{\"a\":",
    b"]}",
    b"\\u0000",
    b"1e999",
    b"-0",
    b"<!DOCTYPE x>",
    b"&lol;",
    b"\xe2\x80\xae",
    b"99999999999999999999",
    b"0000-00-00",
    b"PK\x05\x06",
];

/// A copy with a few things wrong.
fn mutant(good: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=dice.roll(4) {
        if bytes.is_empty() {
            break;
        }
        let at = dice.roll(bytes.len());
        match dice.roll(7) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << dice.roll(8),
            2 => bytes[at] = dice.roll(256) as u8,
            3 => drop(bytes.drain(at..(at + dice.roll(40)).min(bytes.len()))),
            4 => drop(bytes.splice(at..at, SPICE[dice.roll(SPICE.len())].iter().copied())),
            5 => {
                let part = bytes[at..(at + dice.roll(200)).min(bytes.len())].to_vec();
                let to = dice.roll(bytes.len());
                drop(bytes.splice(to..to, part));
            }
            _ => {
                let n = dice.roll(bytes.len() - at).min(16);
                let with = vec![dice.roll(256) as u8; n];
                drop(bytes.splice(at..at + n, with));
            }
        }
    }
    bytes
}

/// The header and the first rows of a table.
fn first(bytes: &[u8], lines: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    text.split_inclusive('\n').take(lines).collect::<String>().into_bytes()
}

/// Every mutant is planned; what is planned passes the door, and what is refused says why.
fn survives(desk: &Desk, what: &str, file: &str, mutants: impl Iterator<Item = Vec<u8>>) {
    let (mut taken, mut refused) = (0, 0);
    for bytes in mutants {
        let w = desk.world();
        let before = (w.state.seq, desk.all("risk").len());
        match desk.plan(what, file, &bytes) {
            Ok(plan) => {
                taken += 1;
                if !plan.draft.edits.is_empty() {
                    assert!(door::admit(&w, &desk.actor(), &plan.draft).is_ok());
                }
            }
            Err(e) => {
                refused += 1;
                assert!(!e.what.is_empty() && e.file.starts_with(file), "{e}");
            }
        }
        assert_eq!((w.state.seq, desk.all("risk").len()), before);
    }
    // They are neither all nonsense nor all harmless.
    assert!(
        taken + refused >= MUTANTS && refused > 0 && taken > 0,
        "{file}: {taken} taken, {refused} refused"
    );
}

/// A store with a few records, and a good file of them.
fn small() -> Desk {
    let mut desk = Desk::new();
    let rows: String = (0..6)
        .map(|n| format!("X{n},Risk {n},spark,minor,2027-01-0{}\n", n + 1))
        .collect();
    desk.csv("risk", &format!("ref_id,title,threat,current_impact,treat_by\n{rows}"));
    desk
}

#[test]
fn mutants_of_tables_and_json_are_taken_or_refused() {
    let desk = small();
    let csv = desk.to_csv("risk").into_bytes();
    let json = desk.export("risk", &desk.all("risk"), Format::Json);
    let mut dice = Dice(20_261_122);
    for (what, file, good) in [
        ("risk", "f.csv", csv),
        ("risk", "f.json", json),
        (CISO_ASSISTANT, "c.csv", first(RISKS, 8)),
        (SIMPLERISK, "s.csv", first(SIMPLERISK_FILE, 6)),
    ] {
        survives(&desk, what, file, (0..MUTANTS).map(|_| mutant(&good, &mut dice)));
    }
}

/// The parts of an archive.
fn unpack(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let count = zip.len();
    let read = |i| {
        let mut part = zip.by_index(i).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut part, &mut bytes).unwrap();
        (part.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

fn pack(parts: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method))
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn mutants_of_spreadsheets_are_taken_or_refused() {
    let desk = small();
    let good = desk.export("risk", &desk.all("risk"), Format::Xlsx);
    let parts = unpack(&good);
    let mut dice = Dice(42);
    // Half of them are damaged as archives, half inside of their parts, where only the XML is wrong.
    let outside: Vec<Vec<u8>> = (0..MUTANTS / 2).map(|_| mutant(&good, &mut dice)).collect();
    let inside = (0..MUTANTS / 2 + 1).map(|_| {
        let mut parts = parts.clone();
        for _ in 0..=dice.roll(2) {
            let n = dice.roll(parts.len());
            parts[n].1 = mutant(&parts[n].1, &mut dice);
        }
        pack(&parts, CompressionMethod::Stored)
    });
    survives(&desk, "risk", "f.xlsx", outside.into_iter().chain(inside));
}

/// The highest resident size of this process so far, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

/// What is said of a file, which must be refused soon and with little memory.
fn bomb(file: &str, bytes: &[u8]) -> String {
    let desk = Desk::new();
    let (from, memory) = (Instant::now(), peak());
    let says = desk.plan("risk", file, bytes).unwrap_err().to_string();
    // Debug builds on a busy machine: far above what it takes, far below what a bomb would.
    assert!(
        from.elapsed() < Duration::from_secs(60),
        "{says} took {:?}",
        from.elapsed()
    );
    assert!(
        peak() - memory < 400 << 20,
        "{says} took {} MiB",
        (peak() - memory) >> 20
    );
    says
}

/// A small spreadsheet with one of its parts replaced or added.
fn with(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    let desk = small();
    let mut parts = unpack(&desk.export("risk", &desk.all("risk"), Format::Xlsx));
    parts.retain(|(n, _)| n != name);
    parts.push((name.to_string(), bytes));
    pack(&parts, CompressionMethod::Deflated)
}

#[test]
fn bombs_in_spreadsheets_are_refused_before_they_are_read() {
    let zeros = with("xl/media/image1.png", vec![0; 33 << 20]);
    assert!(bomb("z.xlsx", &zeros).contains("the limit"));
    let tight = with("xl/media/image1.png", vec![0; 16 << 20]);
    let says = bomb("z.xlsx", &tight);
    assert!(says.contains("image1.png") && says.contains("200 times"), "{says}");
    // A header that lies about its size: the declared one is patched wherever it stands.
    let mut lying = zeros;
    let true_size = (33_u32 << 20).to_le_bytes();
    let places: Vec<usize> = lying
        .windows(4)
        .enumerate()
        .filter(|(_, w)| *w == true_size)
        .map(|(i, _)| i)
        .collect();
    assert!(!places.is_empty());
    for at in places {
        lying[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    assert!(!bomb("l.xlsx", &lying).is_empty());
    // A million sheets, in the list of parts and in the workbook.
    let desk = small();
    let mut parts = unpack(&desk.export("risk", &desk.all("risk"), Format::Xlsx));
    parts.extend((0..2_001).map(|n| (format!("xl/worksheets/s{n}.xml"), b"<a/>".to_vec())));
    assert!(bomb("s.xlsx", &pack(&parts, CompressionMethod::Stored)).contains("limit is 2000"));
    let names: String = (0..260_000)
        .map(|n| format!("<sheet name=\"{n}\" r:id=\"{n}\"/>"))
        .collect();
    let book = format!("<workbook xmlns:r=\"x\"><sheets>{names}</sheets></workbook>");
    assert!(bomb("s.xlsx", &with("xl/workbook.xml", book.into_bytes())).contains("limit"));
}

#[test]
fn bombs_in_xml_are_refused() {
    let sheet = |body: &str| with("xl/worksheets/sheet1.xml", body.as_bytes().to_vec());
    let laughs =
        "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><worksheet><sheetData>&b;</sheetData></worksheet>";
    let says = bomb("x.xlsx", &sheet(laughs));
    assert!(says.contains("document type") && says.contains("sheet1.xml"), "{says}");
    let outside = "<!DOCTYPE l SYSTEM \"file:///etc/passwd\"><worksheet/>";
    assert!(bomb("x.xlsx", &sheet(outside)).contains("document type"));
    assert!(bomb("x.xlsx", &sheet(&"<a>".repeat(70))).contains("deeper than 64"));
    let wide: String = (0..300).map(|n| format!(" a{n}=\"1\"")).collect();
    assert!(bomb("x.xlsx", &sheet(&format!("<worksheet{wide}/>"))).contains("256 attributes"));
    let texts = "<sst uniqueCount=\"99999999999999\"></sst>".to_string();
    assert!(bomb("x.xlsx", &with("xl/sharedStrings.xml", texts.into_bytes())).contains("announces more"));
    let cell = |at: &str, text: &str| {
        format!(
            "<worksheet><sheetData><row><c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c></row></sheetData></worksheet>"
        )
    };
    let says = bomb("x.xlsx", &sheet(&cell("BXQ7", "x")));
    assert!(
        says.contains("sheet 'Risks'") && says.contains("BXQ7") && says.contains("1000 columns"),
        "{says}"
    );
    let says = bomb("x.xlsx", &sheet(&cell("B7", &"x".repeat(65_537))));
    assert!(says.contains("cell B7 holds 65537 bytes; the limit is 65536"), "{says}");
    let wrong = Desk::new()
        .plan("risk", "x.xlsx", &sheet(&cell("A1", "colour")))
        .unwrap_err();
    assert!(wrong.to_string().contains("no column is known"), "{wrong}");
}

#[test]
fn bombs_in_text_are_refused() {
    let long = [b"title\n".to_vec(), vec![b'x'; (1 << 20) + 1]].concat();
    assert!(bomb("l.csv", &long).contains("line 2: the line holds"));
    let wide = [b"title\n".to_vec(), vec![b','; 1_001]].concat();
    assert!(bomb("w.csv", &wide).contains("1000 columns"));
    // A quote that swallows the rest, cell after cell of one line each.
    let open = [b"title,notes\nFire,\"".to_vec(), b"word word\n".repeat(400_000)].concat();
    assert!(bomb("o.csv", &open).contains("never closed"));
    let mut rows = b"title\n".to_vec();
    rows.extend(b"x\n".repeat(1_000_001));
    assert!(bomb("r.csv", &rows).contains("more than 1000000 rows"));
    let deep = [b"[{\"title\":".to_vec(), b"[".repeat(1_000_000)].concat();
    assert!(bomb("d.json", &deep).contains("deeper than 64"));
    let object = format!("[{{\"title\":\"{}\"}}]", "x".repeat(1 << 20));
    assert!(bomb("b.json", object.as_bytes()).contains("object holds more"));
    let names: Vec<String> = (0..1_001).map(|n| format!("\"n{n}\":1")).collect();
    assert!(bomb("n.json", format!("[{{{}}}]", names.join(",")).as_bytes()).contains("1000 names"));
    assert!(bomb("p.csv", b"\x1f\x8b\x08").contains("unpack it first"));
    assert!(bomb("p.xls", b"\xd0\xcf\x11\xe0\xa1").contains("save it as XLSX"));
}
