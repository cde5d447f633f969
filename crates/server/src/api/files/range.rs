//! The `Range` header: which part of a file is asked for. Only one part of bytes; whatever else it says, the whole file
//! is a right answer (RFC 9110, 14.2).

/// What to answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// Both ends included.
    Within {
        first: u64,
        last: u64,
    },
    /// Nothing of the file is in it.
    Outside,
}

pub(super) fn parse(header: &str, len: u64) -> Part {
    let Some((unit, ends)) = header.split_once('=') else { return Part::Whole };
    let Some((first, last)) = ends.trim().split_once('-') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Part::Whole;
    }
    match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => {
            let end = last.unwrap_or(u64::MAX);
            match () {
                () if end < first => Part::Whole,
                () if first >= len => Part::Outside,
                () => Part::Within { first, last: end.min(len - 1) },
            }
        }
        // The last so many bytes.
        (Some(None), Some(Some(count))) => match len.min(count) {
            0 => Part::Outside,
            count => Part::Within { first: len - count, last: len - 1 },
        },
        _ => Part::Whole,
    }
}

/// Digits, or nothing at all; `None` for anything else.
fn number(text: &str) -> Option<Option<u64>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_file() {
        let within = |first, last| Part::Within { first, last };
        for (header, part) in [
            ("bytes=0-3", within(0, 3)),
            ("bytes=4-", within(4, 9)),
            ("bytes=-3", within(7, 9)),
            ("bytes=-99", within(0, 9)),
            ("Bytes = 9-999", within(9, 9)),
            ("bytes=10-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=99999999999999999999-", Part::Whole),
            ("items=0-3", Part::Whole),
            ("0-3", Part::Whole),
        ] {
            assert_eq!(parse(header, 10), part, "{header}");
        }
        assert_eq!(parse("bytes=0-", 0), Part::Outside);
    }
}
