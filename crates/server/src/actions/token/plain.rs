//! A token in full, as its owner has it: `hb_`, 160 random bits, a checksum.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::random::{self, BASE32};

const MARK: &str = "hb_";
/// 160 bits.
const RANDOM_CHARS: usize = 32;
/// 30 bits: one typo in a thousand million slips through to the database, where it is not found either.
const CHECK_CHARS: usize = 6;
/// What is shown of a token later.
const PREFIX_CHARS: usize = MARK.len() + 6;

/// The token itself. Neither `Debug` nor `Display` shows it; see [`PlainToken::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct PlainToken(String);

impl PlainToken {
    pub(super) fn generate() -> PlainToken {
        let random = random::spell(&random::bytes::<20>(), BASE32);
        PlainToken(format!("{MARK}{random}{}", checksum(&random)))
    }

    /// The text if it has a token's form and its checksum holds.
    pub(super) fn parse(text: &str) -> Option<PlainToken> {
        let (random, check) = text.strip_prefix(MARK)?.split_at_checked(RANDOM_CHARS)?;
        let whole = random.bytes().all(|letter| BASE32.contains(&letter)) && check == checksum(random);
        whole.then(|| PlainToken(text.to_owned()))
    }

    /// What is kept. A fast hash is enough: there is nothing to guess in 160 random bits.
    pub(super) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }

    pub(super) fn prefix(&self) -> &str {
        &self.0[..PREFIX_CHARS]
    }

    /// The token, to be shown once to whoever made it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainToken({}…)", self.prefix())
    }
}

/// Says that it was typed right, and nothing about who may use it.
fn checksum(random: &str) -> String {
    let hash = Sha256::digest(random);
    let mut letters = random::spell(&hash[..4], BASE32);
    letters.truncate(CHECK_CHARS);
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_form_and_is_read_back() {
        let token = PlainToken::generate();
        let text = token.reveal();
        assert_eq!(text.len(), 3 + 32 + 6);
        assert!(text.starts_with("hb_"));
        assert_eq!(PlainToken::parse(text), Some(token.clone()));
        assert_ne!(PlainToken::generate(), token);
    }

    #[test]
    fn every_single_typo_is_found() {
        let text = PlainToken::generate().reveal().to_owned();
        for at in 0..text.len() {
            for other in ["0", "z", "-", "Z", "é", ""] {
                let typo = format!("{}{other}{}", &text[..at], &text[at + 1..]);
                assert_eq!(PlainToken::parse(&typo).is_some(), typo == text, "{typo}");
            }
        }
        for text in ["", "hb_", "hb_€€€€€€€€€€€", &text[3..], &format!("{text}0"), &format!(" {text}")]
        {
            assert!(PlainToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_shows_the_prefix_alone() {
        let token = PlainToken::generate();
        assert_eq!(format!("{token:?}"), format!("PlainToken({}…)", &token.reveal()[..9]));
    }
}
