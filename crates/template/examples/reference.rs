//! Prints the page of every property: `cargo run -p handbill-template --example reference > docs/template-reference.md`.

fn main() {
    print!("{}", handbill_template::reference::reference());
}
