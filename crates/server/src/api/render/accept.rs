//! The `Accept` header: whether the caller wants the file itself instead of the JSON that names it.

/// True when the file's own type is named (`image/png`, or `image/*`), and not less than JSON. `*/*` names nothing.
pub(super) fn wants_bytes(headers: &[&str], content_type: &str) -> bool {
    let (own, _) = content_type.split_once('/').unwrap_or((content_type, ""));
    let range = format!("{own}/*");
    let (mut file, mut json) = (0.0_f64, 0.0_f64);
    for part in headers.iter().flat_map(|header| header.split(',')) {
        let (name, quality) = media_range(part);
        if name == content_type || name == range {
            file = file.max(quality);
        } else if name == "application/json" {
            json = json.max(quality);
        }
    }
    file > 0.0 && file >= json
}

/// A type and its `q`, 1 unless it says otherwise.
fn media_range(part: &str) -> (String, f64) {
    let mut parameters = part.split(';');
    let name = parameters.next().unwrap_or_default().trim().to_ascii_lowercase();
    let quality = parameters.find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().unwrap_or(0.0))
    });
    (name, quality.unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use super::wants_bytes;

    #[test]
    fn only_the_files_own_type_asks_for_it() {
        for (header, png) in [
            ("image/png", true),
            ("IMAGE/PNG", true),
            ("image/*", true),
            ("image/png;q=0.5", true),
            ("application/json, image/png", true),
            ("application/json, image/png;q=0.9", false),
            ("image/png;q=0", false),
            ("image/jpeg", false),
            ("*/*", false),
            ("application/json", false),
            ("text/html,application/xhtml+xml,*/*;q=0.8", false),
            ("", false),
        ] {
            assert_eq!(wants_bytes(&[header], "image/png"), png, "{header}");
        }
        assert!(wants_bytes(&["application/pdf"], "application/pdf"));
        assert!(wants_bytes(&["text/plain", "image/png"], "image/png"));
        assert!(!wants_bytes(&[], "image/png"));
    }
}
