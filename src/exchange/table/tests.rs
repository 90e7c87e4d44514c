//! Any table comes in, and what is none is refused by name.

use super::super::limits::LINE;
use super::*;
use proptest::prelude::*;

fn read(bytes: &[u8]) -> Table {
    Table::read("t.csv", bytes).unwrap()
}

fn first(t: &Table) -> Row<'_> {
    t.rows().next().unwrap()
}

fn texts<'a>(row: &'a Row<'_>) -> Vec<&'a str> {
    row.iter().map(|c| c.text.as_ref()).collect()
}

#[test]
fn the_delimiter_finds_itself() {
    for d in [',', ';', '\t', '|'] {
        let text = format!("a{d}b{d}c\n1{d}\"2, 3; 4\"{d}5\n");
        let t = read(text.as_bytes());
        assert_eq!((t.delimiter(), t.header.len()), (d, 3), "{d:?}");
        assert_eq!(texts(&first(&t)), ["1", "2, 3; 4", "5"]);
    }
    assert_eq!(read(b"sep=;\na;b\n1;2\n").header, ["a", "b"]);
    assert_eq!(first(&read(b"title\nA, B\n")).len(), 2, "one head: a comma still parts");
}

#[test]
fn the_encoding_finds_itself() {
    let text = "name;x\nCôte d’Azur;1\n";
    let utf16 = |le: bool| -> Vec<u8> {
        let order = |u: u16| if le { u.to_le_bytes() } else { u.to_be_bytes() };
        std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(order)
            .collect()
    };
    let mut bom = vec![0xef, 0xbb, 0xbf];
    bom.extend_from_slice(text.as_bytes());
    let latin = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    for bytes in [text.as_bytes().to_vec(), bom, utf16(true), utf16(false), latin] {
        let t = read(&bytes);
        assert_eq!(
            (t.header[0].as_str(), first(&t)[0].text.as_ref()),
            ("name", "Côte d’Azur")
        );
    }
}

#[test]
fn lines_are_those_of_the_file() {
    let t = read(b"a,b,c\r\n1,\"x\ny\",3\n\n4,5,6\r\n,,\r\n7,8,9");
    assert_eq!(t.len(), 3);
    let lines: Vec<Vec<usize>> = t.rows().map(|r| r.iter().map(|c| c.line).collect()).collect();
    assert_eq!(lines, [vec![2, 2, 3], vec![5, 5, 5], vec![7, 7, 7]]);
    assert_eq!(first(&t)[1].text, "x\ny");
}

#[test]
fn what_is_no_table_is_refused_by_name() {
    let says = |bytes: &[u8]| Table::read("t.csv", bytes).unwrap_err().to_string();
    assert!(says(b"").contains("empty"));
    assert!(says(b"a,b\n1,\0\n").contains("line 2"));
    let open = says(b"a,b\n1,2\n3,\"x\ny\n");
    assert!(
        open.contains("t.csv, line 3") && open.contains("never closed"),
        "{open}"
    );
    let mut long = b"a,b\n1,".to_vec();
    long.extend(vec![b'x'; CELL]);
    assert!(Table::read("t.csv", &long).is_ok(), "at the limit");
    long.push(b'x');
    assert!(says(&long).contains("column 'b'"), "above it");
    long.extend(vec![b'x'; LINE]);
    assert!(says(&long).contains("line 2"));
}

#[test]
fn formulas_are_guarded_and_come_back() {
    assert_eq!(guard("=1+1"), "'=1+1");
    assert_eq!(guard("  @x\nplain\n-y"), "'  @x\nplain\n'-y");
    assert_eq!(unguard("'=HYPERLINK(\"x\")"), "=HYPERLINK(\"x\")");
    assert_eq!(unguard("'--"), "--");
    assert_eq!(unguard("'tis so"), "'tis so");
}

proptest! {
    #[test]
    fn unguard_is_the_inverse_of_guard(text in "[ '=+@a\t\r\n\u{a0}-]{0,12}") {
        let guarded = guard(&text);
        prop_assert_eq!(unguard(&guarded), text.as_str());
    }

    #[test]
    fn a_written_row_is_read_again(cells in proptest::collection::vec("[ a'=,;|\"\n\r\té-]{0,6}x", 2..5)) {
        let mut out = String::new();
        write_row(&mut out, cells.iter().map(|_| "head"));
        let guarded: Vec<String> = cells.iter().map(|c| guard(c).into_owned()).collect();
        write_row(&mut out, guarded.iter().map(String::as_str));
        let begins = text::Begins { at: 0, line: 1, delimiter: Some(b',') };
        let table = Table::cut("t", out, begins).unwrap();
        let row = first(&table);
        prop_assert_eq!(texts(&row), cells);
    }
}
