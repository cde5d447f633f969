//! Output formats by their names: what there is, and what this build can make.

use handbill_render::Format;

/// The format that a request or a file's ending names, in lower case.
///
/// # Errors
/// A sentence that says what can be had instead.
pub fn format_named(name: &str) -> Result<Format, String> {
    match Format::named(name) {
        Some(format) if format.is_available() => Ok(format),
        Some(_) => {
            Err(format!("this build of Handbill makes no {name} (it was built without it); it makes {}", made()))
        }
        None => Err(format!("Handbill makes no {name}; it makes {}", made())),
    }
}

/// "png, jpg, webp and pdf"
fn made() -> String {
    let names: Vec<&str> = Format::ALL.iter().filter(|format| format.is_available()).map(|f| f.extension()).collect();
    let (last, others) = names.split_last().unwrap_or((&"", &[]));
    format!("{} and {last}", others.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_extensions_and_jpeg() {
        for (name, format) in [
            ("png", Format::Png),
            ("jpg", Format::Jpeg),
            ("jpeg", Format::Jpeg),
            ("webp", Format::WebP),
            ("pdf", Format::Pdf),
        ] {
            assert_eq!(format_named(name), Ok(format));
        }
        assert!(format_named("tiff").unwrap_err().starts_with("Handbill makes no tiff; it makes png, jpg, webp"));
    }

    #[test]
    fn a_build_without_avif_says_so() {
        let expected =
            "this build of Handbill makes no avif (it was built without it); it makes png, jpg, webp and pdf";
        match cfg!(feature = "avif") {
            true => assert_eq!(format_named("avif"), Ok(Format::Avif)),
            false => assert_eq!(format_named("avif").unwrap_err(), expected),
        }
    }
}
