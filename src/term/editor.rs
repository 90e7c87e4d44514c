//! A long text in the person's own editor. The terminal must have been given back before.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

/// Lets the person edit a text with a shell command such as `vim -f`, in a file in `folder` that only they can read.
///
/// Returns the new text, or nothing if it was not changed.
///
/// # Errors
/// In words what failed; the text given is then the one that holds.
pub(super) fn edit(editor: &str, folder: &Path, name: &str, text: &str) -> Result<Option<String>, String> {
    let stem: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
        .take(60)
        .collect();
    let path = write(folder, &stem, text).map_err(|error| format!("No file for the editor could be made: {error}"))?;
    // As git does: the command may hold arguments, the file is one argument whatever its name.
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$@\""))
        .arg(editor)
        .arg(&path)
        .status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => {
            return Err(match status.code() {
                Some(127) => {
                    format!("The editor `{editor}` was not found; set VISUAL or EDITOR. The text is unchanged.")
                }
                Some(code) => format!("The editor `{editor}` ended with status {code}; the text is unchanged."),
                None => format!("The editor `{editor}` was ended by a signal; the text is unchanged."),
            });
        }
        Err(error) => {
            return Err(format!(
                "The editor `{editor}` could not be started: {error}; the text is unchanged."
            ));
        }
    }
    match std::fs::read_to_string(&path) {
        Ok(mut new) => {
            // Editors end the last line, forms do not.
            if new.ends_with('\n') && !text.ends_with('\n') {
                new.pop();
            }
            Ok((new != text).then_some(new))
        }
        Err(error) => {
            // What was typed stays where the person can get it.
            let kept = path
                .keep()
                .map(|path| format!(" It is kept in {}.", path.display()))
                .unwrap_or_default();
            Err(format!("The text from the editor cannot be read: {error}.{kept}"))
        }
    }
}

/// Writes the text to a file of its own, which is removed when the path is dropped.
fn write(folder: &Path, stem: &str, text: &str) -> io::Result<tempfile::TempPath> {
    let mut file = tempfile::Builder::new()
        .prefix(&format!("{stem}-"))
        .suffix(".txt")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    Ok(file.into_temp_path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(editor: &str, text: &str) -> (Result<Option<String>, String>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let result = edit(editor, folder.path(), "R-0001 descr/iption", text);
        let files = folder.path().read_dir().unwrap().count();
        (result, files)
    }

    #[test]
    fn what_the_editor_wrote_comes_back_and_no_file_stays() {
        assert_eq!(run("printf 'more\\n' >>", "some "), (Ok(Some("some more".into())), 0));
        assert_eq!(run("true", "some"), (Ok(None), 0));
        assert_eq!(run("sh -c 'echo >> \"$1\"' x", "ends without a line"), (Ok(None), 0));
        assert_eq!(run("sh -c ': > \"$1\"' x", "emptied"), (Ok(Some(String::new())), 0));
        // Many editors write another file and rename it.
        assert_eq!(
            run("sh -c 'echo new > \"$1.x\" && mv \"$1.x\" \"$1\"' x", "old"),
            (Ok(Some("new".into())), 0)
        );
    }

    #[test]
    fn the_file_is_its_owners_alone() {
        assert_eq!(
            run("sh -c 'stat -c %a \"$1\" > \"$1.x\" && mv \"$1.x\" \"$1\"' x", ""),
            (Ok(Some("600".into())), 0)
        );
    }

    #[test]
    fn an_editor_that_fails_keeps_the_text() {
        let (result, files) = run("sh -c 'echo changed > \"$1\"; exit 3' x", "old");
        assert!(result.unwrap_err().contains("status 3"));
        assert_eq!(files, 0);
        let (result, _) = run("no-such-editor-here", "old");
        assert!(result.unwrap_err().contains("not found"));
        let (result, files) = run("sh -c 'printf \"\\377\" > \"$1\"' x", "old");
        assert!(result.unwrap_err().contains("kept in"));
        assert_eq!(files, 1);
    }
}
