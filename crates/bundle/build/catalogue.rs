//! Which families are embedded, from which package, and which of the package's files. The one list to edit.
//! A package that is named here stands in `package.json`, too.

use Faces::{OneFile, Static, Variable};
use Pack::{Default, Extra};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pack {
    /// In every binary.
    Default,
    /// With the feature `extra-fonts`.
    Extra,
}

pub(crate) enum Faces {
    /// All slices of the weight axis, roman; italic, too, if true. The files of other axes are left out.
    Variable { italic: bool },
    /// All slices of each (weight, italic).
    Static(&'static [(u16, bool)]),
    /// A package that isn't fontsource's: one roman file, weight 400.
    OneFile(&'static str),
}

pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    pub(crate) pack: Pack,
    pub(crate) faces: Faces,
}

const ROMAN: Faces = Variable { italic: false };
const BOTH: Faces = Variable { italic: true };
const REGULAR: Faces = Static(&[(400, false)]);

const fn family(pack: Pack, name: &'static str, package: &'static str, faces: Faces) -> Family {
    Family { name, package, pack, faces }
}

pub(crate) const FAMILIES: &[Family] = &[
    family(Default, "Inter", "@fontsource-variable/inter", BOTH),
    family(Default, "Noto Sans", "@fontsource-variable/noto-sans", ROMAN),
    family(Default, "Playfair Display", "@fontsource-variable/playfair-display", BOTH),
    family(Default, "JetBrains Mono", "@fontsource-variable/jetbrains-mono", ROMAN),
    family(Default, "Anton", "@fontsource/anton", REGULAR),
    family(Default, "Caveat", "@fontsource-variable/caveat", ROMAN),
    family(Default, "Noto Sans Symbols", "@fontsource-variable/noto-sans-symbols", ROMAN),
    family(Default, "Noto Sans Symbols 2", "@fontsource/noto-sans-symbols-2", REGULAR),
    family(Default, "Twemoji", "twemoji-colr-font", OneFile("twemoji.woff2")),
    family(Extra, "Abril Fatface", "@fontsource/abril-fatface", REGULAR),
    family(Extra, "Archivo Black", "@fontsource/archivo-black", REGULAR),
    family(Extra, "Bebas Neue", "@fontsource/bebas-neue", REGULAR),
    family(Extra, "DM Sans", "@fontsource-variable/dm-sans", BOTH),
    family(Extra, "DM Serif Display", "@fontsource/dm-serif-display", Static(&[(400, false), (400, true)])),
    family(Extra, "Dancing Script", "@fontsource-variable/dancing-script", ROMAN),
    family(
        Extra,
        "Lato",
        "@fontsource/lato",
        Static(&[(300, false), (400, false), (700, false), (900, false), (400, true), (700, true)]),
    ),
    family(Extra, "Lora", "@fontsource-variable/lora", BOTH),
    family(Extra, "Montserrat", "@fontsource-variable/montserrat", BOTH),
    family(Extra, "Open Sans", "@fontsource-variable/open-sans", BOTH),
    family(Extra, "Oswald", "@fontsource-variable/oswald", ROMAN),
    family(
        Extra,
        "Poppins",
        "@fontsource/poppins",
        Static(&[(400, false), (500, false), (600, false), (700, false), (800, false)]),
    ),
    family(Extra, "Roboto", "@fontsource-variable/roboto", BOTH),
    family(Extra, "Space Grotesk", "@fontsource-variable/space-grotesk", ROMAN),
    family(Extra, "Noto Sans Arabic", "@fontsource-variable/noto-sans-arabic", ROMAN),
    family(Extra, "Noto Sans Hebrew", "@fontsource-variable/noto-sans-hebrew", ROMAN),
    family(Extra, "Noto Sans Devanagari", "@fontsource-variable/noto-sans-devanagari", ROMAN),
    family(Extra, "Noto Sans Thai", "@fontsource-variable/noto-sans-thai", ROMAN),
    family(Extra, "Noto Sans JP", "@fontsource-variable/noto-sans-jp", ROMAN),
];
