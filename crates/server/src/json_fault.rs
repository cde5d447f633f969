//! What is wrong with a text that should be JSON, in words that need no parser to be understood. Templates have their own.

use serde_json::error::Category;

/// `it has a word that JSON does not know … (line 1, column 5)`.
pub(crate) fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    let what = match (error.classify(), what) {
        (Category::Eof, _) => "it ends in the middle",
        (_, "expected ident" | "expected value") => {
            "there is no value where one should be (texts need quotes; the only words are true, false and null)"
        }
        (_, "key must be a string") => "a key is not in double quotes",
        (_, "trailing characters") => "something follows after its end",
        (_, what) => what,
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::words;

    #[test]
    fn the_parsers_words_are_translated() {
        for (json, expected) in [
            ("{\"a\":", "it ends in the middle (line 1, column 5)"),
            (
                "nix",
                "there is no value where one should be (texts need quotes; the only words are true, false and null) (line 1, column 2)",
            ),
            (
                "{\"a\":\n b}",
                "there is no value where one should be (texts need quotes; the only words are true, false and null) (line 2, column 2)",
            ),
            ("{a: 1}", "a key is not in double quotes (line 1, column 2)"),
            ("{} {}", "something follows after its end (line 1, column 4)"),
            ("{\"a\":1,}", "trailing comma (line 1, column 8)"),
        ] {
            let error = serde_json::from_str::<Value>(json).unwrap_err();
            assert_eq!(words(&error), expected, "{json}");
        }
    }
}
