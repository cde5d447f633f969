//! Which family stands in for one that does not exist here: a table of well-known names, then a guess by the name.

const SANS: &[&str] = &["Inter", "Roboto", "Open Sans", "Noto Sans"];
const SERIF: &[&str] = &["Lora", "Playfair Display", "Noto Serif"];
const DIDONE: &[&str] = &["Playfair Display", "Lora", "Noto Serif"];
const MONO: &[&str] = &["JetBrains Mono", "Noto Sans Mono"];
const SCRIPT: &[&str] = &["Caveat", "Dancing Script"];
const FORMAL_SCRIPT: &[&str] = &["Dancing Script", "Caveat"];
const CONDENSED: &[&str] = &["Oswald", "Anton", "Bebas Neue"];
const HEAVY: &[&str] = &["Anton", "Archivo Black", "Bebas Neue", "Oswald"];
const GEOMETRIC: &[&str] = &["Poppins", "Montserrat", "Inter"];
const EMOJI: &[&str] = &["Twemoji", "Noto Color Emoji"];

/// Lower-case names, by what is most like them.
const KNOWN: &[(&[&str], &[&str])] = &[
    (
        &[
            "arial",
            "helvetica",
            "helvetica neue",
            "verdana",
            "tahoma",
            "segoe ui",
            "system-ui",
            "sans-serif",
            "ui-sans-serif",
            "-apple-system",
            "blinkmacsystemfont",
            "sf pro",
            "sf pro display",
            "sf pro text",
            "san francisco",
            "trebuchet ms",
            "calibri",
            "lucida grande",
            "lucida sans",
            "candara",
            "geneva",
            "liberation sans",
            "source sans pro",
            "source sans 3",
            "work sans",
            "ibm plex sans",
            "public sans",
            "manrope",
            "roboto",
            "open sans",
            "lato",
            "dm sans",
            "nunito sans",
            "fira sans",
            "pt sans",
        ],
        SANS,
    ),
    (
        &[
            "times",
            "times new roman",
            "georgia",
            "garamond",
            "eb garamond",
            "cambria",
            "palatino",
            "palatino linotype",
            "book antiqua",
            "serif",
            "ui-serif",
            "merriweather",
            "source serif pro",
            "source serif 4",
            "pt serif",
            "crimson text",
            "crimson pro",
            "libre baskerville",
            "baskerville",
            "liberation serif",
            "cormorant",
            "cormorant garamond",
            "lora",
            "spectral",
            "charter",
            "constantia",
        ],
        SERIF,
    ),
    (
        &["didot", "bodoni", "bodoni mt", "bodoni moda", "dm serif display", "abril fatface", "yeseva one", "playfair"],
        DIDONE,
    ),
    (
        &[
            "courier",
            "courier new",
            "consolas",
            "menlo",
            "monaco",
            "monospace",
            "ui-monospace",
            "sf mono",
            "lucida console",
            "andale mono",
            "source code pro",
            "fira code",
            "fira mono",
            "roboto mono",
            "ibm plex mono",
            "space mono",
            "ubuntu mono",
            "liberation mono",
            "cascadia code",
            "cascadia mono",
            "inconsolata",
        ],
        MONO,
    ),
    (
        &["comic sans ms", "comic sans", "cursive", "caveat", "patrick hand", "kalam", "indie flower", "bradley hand"],
        SCRIPT,
    ),
    (
        &["brush script mt", "dancing script", "great vibes", "pacifico", "lobster", "satisfy", "sacramento"],
        FORMAL_SCRIPT,
    ),
    (
        &[
            "arial narrow",
            "roboto condensed",
            "oswald",
            "bebas neue",
            "league gothic",
            "barlow condensed",
            "pt sans narrow",
        ],
        CONDENSED,
    ),
    (&["impact", "haettenschweiler", "arial black", "archivo black", "anton", "league spartan"], HEAVY),
    (
        &[
            "futura",
            "century gothic",
            "avenir",
            "avenir next",
            "gotham",
            "montserrat",
            "poppins",
            "raleway",
            "nunito",
            "quicksand",
            "jost",
            "outfit",
            "urbanist",
            "plus jakarta sans",
            "space grotesk",
            "proxima nova",
        ],
        GEOMETRIC,
    ),
    (&["apple color emoji", "segoe ui emoji", "noto color emoji", "emoji", "twemoji mozilla", "twemoji"], EMOJI),
];

/// Parts of names that say what kind of face it is. "sans" stands before "serif" for "sans serif".
const HINTS: &[(&str, &[&str])] = &[
    ("emoji", EMOJI),
    ("mono", MONO),
    ("code", MONO),
    ("typewriter", MONO),
    ("condensed", CONDENSED),
    ("narrow", CONDENSED),
    ("compressed", CONDENSED),
    ("sans", SANS),
    ("grotesk", SANS),
    ("grotesque", SANS),
    ("gothic", SANS),
    ("serif", SERIF),
    ("slab", SERIF),
    ("garamond", SERIF),
    ("baskerville", SERIF),
    ("display", DIDONE),
    ("hand", SCRIPT),
    ("script", FORMAL_SCRIPT),
];

/// What to take for a family that does not exist, the likest first; always ends in families of the default set.
pub(crate) fn substitutes(family: &str) -> impl Iterator<Item = &'static str> {
    let name = family.trim().to_lowercase();
    let known = KNOWN.iter().find(|(names, _)| names.contains(&name.as_str())).map(|&(_, like)| like);
    let hinted = || HINTS.iter().find(|(hint, _)| name.contains(hint)).map(|&(_, like)| like);
    known.or_else(hinted).unwrap_or(SANS).iter().chain(SANS).copied()
}

#[cfg(test)]
mod tests {
    use super::substitutes;

    #[test]
    fn well_known_names_and_hints() {
        for (asked, first) in [
            ("Arial", "Inter"),
            ("helvetica neue", "Inter"),
            (" Georgia ", "Lora"),
            ("Times New Roman", "Lora"),
            ("Bodoni Moda", "Playfair Display"),
            ("Courier New", "JetBrains Mono"),
            ("Fira Code", "JetBrains Mono"),
            ("Impact", "Anton"),
            ("Comic Sans MS", "Caveat"),
            ("Whatever Mono", "JetBrains Mono"),
            ("Some Sans Serif", "Inter"),
            ("My Serif", "Lora"),
            ("Acme Condensed", "Oswald"),
            ("Nothing Like It", "Inter"),
        ] {
            assert_eq!(substitutes(asked).next(), Some(first), "{asked}");
        }
    }
}
