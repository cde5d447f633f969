//! The `handbill` command. Everything is in the library, so that tests reach it.

fn main() -> std::process::ExitCode {
    handbill_server::cli::main()
}
