//! Copying to the clipboard at the person's end: through tmux if it is there, else by an escape sequence (OSC 52).

use std::io::Write;
use std::process::{Command, Stdio};

/// More text than this is lost on the way in common terminals.
const MOST: usize = 74_994;

/// GNU screen passes on strings of a limited length only.
const PIECE: usize = 240;

/// What stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nothing, as far as is known.
    Nothing,
    /// tmux, which has buffers of its own.
    Tmux,
    /// GNU screen, which must be told to pass sequences on.
    Screen,
}

/// Copies a text; `send` writes bytes to the terminal. Returns in words what was done.
///
/// # Errors
/// In words why the text could not be copied.
pub(super) fn copy(
    text: &str,
    between: Between,
    send: impl FnOnce(&[u8]) -> std::io::Result<()>,
) -> Result<String, String> {
    let count = match text.chars().count() {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    };
    if between == Between::Tmux {
        // Since tmux 3.2 `-w` hands the buffer on to the terminal's clipboard, which takes no more than any other.
        let short = text.len() <= MOST;
        if short && load(&["load-buffer", "-w", "-"], text) {
            return Ok(format!(
                "Copied {count} into tmux's buffer, and through tmux to the terminal's clipboard"
            ));
        }
        if load(&["load-buffer", "-"], text) {
            return Ok(match short {
                true => format!("Copied {count} into tmux's own buffer"),
                false => format!("Copied {count} into tmux's own buffer; the terminal's clipboard takes less"),
            });
        }
    }
    if text.len() > MOST {
        return Err(format!(
            "{count} are too many for the terminal's clipboard (about {MOST} bytes)"
        ));
    }
    send(&sequence(text, between)).map_err(|error| format!("The text could not be copied: {error}"))?;
    let way = if between == Between::Screen {
        ", past GNU screen"
    } else {
        ""
    };
    // The terminal does not say whether it took it.
    Ok(format!(
        "Copied {count}: sent to the terminal's clipboard (OSC 52{way})"
    ))
}

/// Hands a text to a command of tmux and says whether it took it.
fn load(arguments: &[&str], text: &str) -> bool {
    let child = Command::new("tmux")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    // The pipe is closed at the end of the statement, which ends the text.
    let written = child
        .stdin
        .take()
        .is_some_and(|mut pipe| pipe.write_all(text.as_bytes()).is_ok());
    child.wait().is_ok_and(|status| status.success()) && written
}

/// Returns the sequence that sets the terminal's clipboard.
fn sequence(text: &str, between: Between) -> Vec<u8> {
    let plain = format!("\x1b]52;c;{}\x07", base64(text.as_bytes()));
    match between {
        Between::Screen => plain
            .as_bytes()
            .chunks(PIECE)
            .flat_map(|piece| [b"\x1bP", piece, b"\x1b\\"].concat())
            .collect(),
        _ => plain.into_bytes(),
    }
}

/// Encodes bytes as RFC 4648 says.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            text.push(if place <= group.len() {
                LETTERS[(bits >> (18 - 6 * place)) as usize & 63] as char
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfd]), "//79");
    }

    #[test]
    fn a_text_goes_out_whole_or_not_at_all() {
        let mut sent = Vec::new();
        let said = copy("R-0001", Between::Nothing, |bytes| {
            sent.extend_from_slice(bytes);
            Ok(())
        });
        assert_eq!(
            said.unwrap(),
            "Copied 6 characters: sent to the terminal's clipboard (OSC 52)"
        );
        assert_eq!(sent, b"\x1b]52;c;Ui0wMDAx\x07");
        let long = "x".repeat(MOST + 1);
        assert!(
            copy(&long, Between::Nothing, |_| panic!("nothing is sent"))
                .unwrap_err()
                .contains("too many")
        );
    }

    #[test]
    fn screen_gets_pieces_it_can_pass_on() {
        let sent = sequence(&"x".repeat(900), Between::Screen);
        let pieces = String::from_utf8(sent).unwrap();
        assert!(pieces.starts_with("\x1bP\x1b]52;c;") && pieces.ends_with("\x07\x1b\\"));
        let joined: String = pieces
            .split("\x1b\\")
            .map(|piece| piece.strip_prefix("\x1bP").unwrap_or(piece))
            .collect();
        assert_eq!(joined.into_bytes(), sequence(&"x".repeat(900), Between::Nothing));
    }
}
