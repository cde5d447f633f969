//! Which families to look in for the characters of a script that the wanted family lacks.

/// Families by script (ISO 15924), the preferred one first. Chinese, Japanese and Korean go by language; for Latin, Greek
/// and Cyrillic a look-alike of the wanted family is better.
const BY_SCRIPT: &[(&str, &[&str])] = &[
    ("Adlm", &["Noto Sans Adlam"]),
    ("Arab", &["Noto Sans Arabic", "Noto Kufi Arabic", "Noto Naskh Arabic", "Cairo", "Amiri"]),
    ("Armn", &["Noto Sans Armenian", "Noto Serif Armenian"]),
    ("Beng", &["Noto Sans Bengali", "Noto Serif Bengali"]),
    ("Bopo", &["Noto Sans TC", "Noto Sans SC"]),
    ("Cans", &["Noto Sans Canadian Aboriginal"]),
    ("Cher", &["Noto Sans Cherokee"]),
    ("Copt", &["Noto Sans Coptic"]),
    ("Deva", &["Noto Sans Devanagari", "Noto Serif Devanagari", "Poppins"]),
    ("Ethi", &["Noto Sans Ethiopic", "Noto Serif Ethiopic"]),
    ("Geor", &["Noto Sans Georgian", "Noto Serif Georgian"]),
    ("Gujr", &["Noto Sans Gujarati", "Noto Serif Gujarati"]),
    ("Guru", &["Noto Sans Gurmukhi", "Noto Serif Gurmukhi"]),
    ("Hebr", &["Noto Sans Hebrew", "Noto Serif Hebrew", "Rubik", "Heebo"]),
    ("Khmr", &["Noto Sans Khmer", "Noto Serif Khmer"]),
    ("Knda", &["Noto Sans Kannada", "Noto Serif Kannada"]),
    ("Laoo", &["Noto Sans Lao", "Noto Serif Lao"]),
    ("Mlym", &["Noto Sans Malayalam", "Noto Serif Malayalam"]),
    ("Mong", &["Noto Sans Mongolian"]),
    ("Mymr", &["Noto Sans Myanmar", "Noto Serif Myanmar"]),
    ("Nkoo", &["Noto Sans NKo"]),
    ("Olck", &["Noto Sans Ol Chiki"]),
    ("Orya", &["Noto Sans Oriya", "Noto Serif Oriya"]),
    ("Sinh", &["Noto Sans Sinhala", "Noto Serif Sinhala"]),
    ("Syrc", &["Noto Sans Syriac"]),
    ("Taml", &["Noto Sans Tamil", "Noto Serif Tamil"]),
    ("Telu", &["Noto Sans Telugu", "Noto Serif Telugu"]),
    ("Tfng", &["Noto Sans Tifinagh"]),
    ("Thaa", &["Noto Sans Thaana"]),
    ("Thai", &["Noto Sans Thai", "Noto Sans Thai Looped", "Noto Serif Thai", "Sarabun", "Kanit"]),
    ("Tibt", &["Noto Serif Tibetan"]),
    ("Yiii", &["Noto Sans Yi"]),
];

const JAPANESE: &[&str] = &["Noto Sans JP", "Noto Serif JP", "Noto Sans SC", "Noto Sans TC", "Noto Sans KR"];
const CHINESE_SIMPLIFIED: &[&str] = &["Noto Sans SC", "Noto Serif SC", "Noto Sans TC", "Noto Sans JP", "Noto Sans KR"];
const CHINESE_TRADITIONAL: &[&str] = &["Noto Sans TC", "Noto Sans HK", "Noto Serif TC", "Noto Sans SC", "Noto Sans JP"];
const CHINESE_HONG_KONG: &[&str] = &["Noto Sans HK", "Noto Sans TC", "Noto Sans SC", "Noto Sans JP"];
const KOREAN: &[&str] = &["Noto Sans KR", "Noto Serif KR", "Noto Sans JP", "Noto Sans SC", "Noto Sans TC"];

/// For what no script says: symbols, mathematics, music, and whatever else a broad family has.
const ANY_SCRIPT: &[&str] =
    &["Noto Sans", "Inter", "Noto Sans Symbols", "Noto Sans Symbols 2", "Noto Sans Math", "Open Sans", "Noto Music"];

/// Where to look for a script's characters (an ISO 15924 code), given the text's language (BCP 47).
pub(crate) fn families_for_script(script: &str, language: &str) -> &'static [&'static str] {
    match script {
        "Hani" => families_for_han(language),
        "Hira" | "Kana" => JAPANESE,
        "Hang" => KOREAN,
        _ => BY_SCRIPT.iter().find(|(known, _)| *known == script).map_or(&[], |&(_, families)| families),
    }
}

/// Where to look for characters of no script of their own, after the script's families.
pub(crate) fn families_for_any_script() -> &'static [&'static str] {
    ANY_SCRIPT
}

fn families_for_han(language: &str) -> &'static [&'static str] {
    let mut subtags = language.split(['-', '_']).map(str::to_ascii_lowercase);
    let primary = subtags.next().unwrap_or_default();
    let rest: Vec<String> = subtags.collect();
    let has = |subtag: &str| rest.iter().any(|known| known == subtag);
    match primary.as_str() {
        "zh" if has("hk") || has("mo") => CHINESE_HONG_KONG,
        "zh" if has("hant") || has("tw") => CHINESE_TRADITIONAL,
        "yue" => CHINESE_HONG_KONG,
        "zh" => CHINESE_SIMPLIFIED,
        "ko" => KOREAN,
        _ => JAPANESE,
    }
}

#[cfg(test)]
mod tests {
    use super::families_for_script;

    #[test]
    fn han_goes_by_language() {
        for (language, first) in [
            ("ja", "Noto Sans JP"),
            ("en", "Noto Sans JP"),
            ("zh", "Noto Sans SC"),
            ("zh-CN", "Noto Sans SC"),
            ("zh-Hant", "Noto Sans TC"),
            ("zh_TW", "Noto Sans TC"),
            ("zh-Hant-HK", "Noto Sans HK"),
            ("ko-KR", "Noto Sans KR"),
        ] {
            assert_eq!(families_for_script("Hani", language)[0], first, "{language}");
        }
        assert_eq!(families_for_script("Arab", "en")[0], "Noto Sans Arabic");
        assert!(families_for_script("Zyyy", "en").is_empty());
    }
}
