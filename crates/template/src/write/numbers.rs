//! Numbers: how many decimals a property keeps, and how a number is written.

use serde_json::Number;

/// Fractions, factors and em: properties whose numbers keep four decimals.
const RATIOS: [&str; 27] = [
    "opacity",
    "lineHeight",
    "letterSpacing",
    "paragraphSpacing",
    "aspectRatio",
    "grow",
    "shrink",
    "minScale",
    "cx",
    "cy",
    "r",
    "at",
    "focus",
    "crop",
    "points",
    "innerRadius",
    "brightness",
    "contrast",
    "saturate",
    "grayscale",
    "sepia",
    "invert",
    "fontAxes",
    "viewBox",
    "rotation",
    "angle",
    "hueRotate",
];

/// Decimals of a property's numbers; none for data, which is kept as it is.
pub(super) fn decimals(owner: &str, property: &str, of_lengths: usize) -> Option<usize> {
    match property {
        _ if owner == "Field" => None,
        "dpi" | "fontWeight" | "weight" => Some(4),
        "matrix" => Some(6),
        property if RATIOS.contains(&property) => Some(4),
        _ => Some(of_lengths),
    }
}

/// The shortest text: no `.0`, no trailing zeros, no `-0`. A number that would vanish by rounding is kept whole.
pub(super) fn text(number: &Number, decimals: Option<usize>) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Some(value) = number.as_f64().filter(|_| !number.is_i64() && !number.is_u64()) else {
        return number.to_string();
    };
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.abs() > EXACT {
        return number.to_string();
    }
    if value.fract() == 0.0 {
        return format!("{value:.0}");
    }
    let Some(decimals) = decimals else { return number.to_string() };
    let rounded = format!("{value:.decimals$}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    if short.trim_start_matches('-') == "0" { number.to_string() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::Number;

    use super::text;

    #[test]
    fn numbers_are_short_and_stay_what_they_are() {
        for (value, decimals, expected) in [
            (24.0, Some(2), "24"),
            (24.5, Some(2), "24.5"),
            (1.005, Some(2), "1"),
            (1.006, Some(2), "1.01"),
            (-0.0, Some(2), "0"),
            (-0.02, Some(4), "-0.02"),
            (0.123_456, Some(4), "0.1235"),
            (0.000_01, Some(4), "0.00001"),
            (99.999, Some(2), "100"),
            (0.1, None, "0.1"),
            (1e20, Some(2), "1e+20"),
            (1e300, None, "1e+300"),
        ] {
            let number = Number::from_f64(value).expect("finite");
            assert_eq!(text(&number, decimals), expected, "{value}");
        }
        assert_eq!(text(&Number::from(u64::MAX), Some(2)), u64::MAX.to_string());
    }
}
