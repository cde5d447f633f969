//! The build script's check of Node's version.

#[expect(dead_code, reason = "only the version check is under test here")]
#[path = "../build/npm.rs"]
mod npm;

#[test]
fn node_must_be_new_enough() {
    for (version, expected) in [
        ("v20.19.0", true),
        ("v20.20.2", true),
        ("v22.1.0", true),
        ("v20.18.9", false),
        ("v18.99.0", false),
        ("", false),
        ("nonsense", false),
    ] {
        assert_eq!(npm::new_enough(version), expected, "{version:?}");
    }
}
