//! The same input gives the same bytes: twice in one process, and on processors with fewer or more instructions
//! (emulated by qemu-user, where it is installed; in CI it must be).

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::process::Command;

use handbill_render::{Compression, Format, Options};
use handbill_visual::{cases, draw};

const EMULATED: [&str; 2] = ["Nehalem", "Haswell"];

/// One line per page: its name, its length and a checksum of its bytes.
fn digests() -> String {
    let mut engine = draw::engine().unwrap();
    let mut lines = String::new();
    for file in cases::files("cases").unwrap() {
        for (name, bytes) in draw::draw(&mut engine, &file).unwrap() {
            lines.push_str(&format!("digest {name} {} {:016x}\n", bytes.len(), fnv1a(&bytes)));
        }
    }
    for (name, options) in other_files() {
        let input = draw::input(&cases::root().join("cases/images.json"), options).unwrap();
        let bytes = &engine.render(&input, &mut |_| ()).unwrap().pictures[0].bytes;
        lines.push_str(&format!("digest {name} {} {:016x}\n", bytes.len(), fnv1a(bytes)));
    }
    lines
}

/// What encoders make of one case beside the usual PNG.
fn other_files() -> [(&'static str, Options); 5] {
    let with = |format, quality| Options { quality: Some(quality), ..Options::with_format(format) };
    [
        ("PNG fast", Options { compression: Compression::Fast, ..Options::default() }),
        ("PNG small", Options { compression: Compression::Small, ..Options::default() }),
        ("JPEG", with(Format::Jpeg, 85)),
        ("WebP", with(Format::WebP, 85)),
        ("WebP without loss", with(Format::WebP, 100)),
    ]
}

/// FNV-1a, 64 bits: enough to tell pictures apart that should be equal.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[test]
fn twice_the_same_bytes() {
    assert_eq!(digests(), digests());
}

#[test]
fn print_digests() {
    print!("{}", digests());
}

#[test]
fn the_same_bytes_on_other_processors() {
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    if Command::new("qemu-x86_64").arg("--version").output().is_err() {
        assert!(!in_ci, "qemu-x86_64 is not installed (Debian package qemu-user), and in CI nothing may be left out");
        eprintln!("left out: qemu-x86_64 is not installed (Debian package qemu-user)");
        return;
    }
    let here = digests();
    for processor in EMULATED {
        let output = Command::new("qemu-x86_64")
            .args(["-cpu", processor])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "print_digests", "--nocapture", "--test-threads=1"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{processor}: {}", String::from_utf8_lossy(&output.stderr));
        let there = String::from_utf8(output.stdout).unwrap();
        for line in here.lines() {
            assert!(there.contains(line), "on {processor} there is no '{line}' in\n{there}");
        }
    }
}
