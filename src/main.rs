//! Arguments in, exit status out.

fn main() -> std::process::ExitCode {
    isms::cli::main()
}
