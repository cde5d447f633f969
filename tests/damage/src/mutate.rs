//! Seeded damage: the same seed and file always give the same damage, so a number is enough to see a failure again.

/// A sequence of numbers that looks like chance (xorshift64*, Vigna 2016).
pub struct Dice(u64);

impl Dice {
    #[must_use]
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// 0 up to, and without, `limit`; 0 when there is nothing to choose from.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from((self.next() >> 16) % limit).unwrap_or(0)
    }
}

/// Values that lengths and counts are often compared with.
const EDGES: [u8; 7] = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0x40];

/// A copy of a file with one to eight wounds.
#[must_use]
pub fn damaged(file: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut bytes = file.to_vec();
    for _ in 0..=dice.below(8) {
        if bytes.is_empty() {
            break;
        }
        wound(&mut bytes, &mut dice);
    }
    bytes
}

fn wound(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = place(bytes, dice);
    let length = 1 + dice.below(16);
    let end = (at + length).min(bytes.len());
    match dice.below(10) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let copy = bytes[at..end].to_vec();
            let to = place(bytes, dice);
            bytes.splice(to..to, copy);
        }
        3 => {
            let from = place(bytes, dice);
            let copy = bytes[from..(from + length).min(bytes.len())].to_vec();
            bytes.splice(at..(at + copy.len()).min(bytes.len()), copy);
        }
        4 => bytes[at..end].fill(EDGES[dice.below(EDGES.len())]),
        5 | 6 => bytes[at] = EDGES[dice.below(EDGES.len())],
        7 => bytes[at] = bytes[at].wrapping_add(1),
        _ => bytes[at] ^= 1 << dice.below(8),
    }
}

/// Somewhere, but every other time near the start, where a file says what is in it.
fn place(bytes: &[u8], dice: &mut Dice) -> usize {
    let reach = if dice.below(2) == 0 { bytes.len().min(512) } else { bytes.len() };
    dice.below(reach)
}

#[cfg(test)]
mod tests {
    use super::damaged;

    #[test]
    fn damage_is_the_same_for_the_same_seed_and_differs_otherwise() {
        let file: Vec<u8> = (0..=255).collect();
        assert_eq!(damaged(&file, 7), damaged(&file, 7));
        let different = (0..100).filter(|&seed| damaged(&file, seed) != file).count();
        assert!(different > 90, "{different} of 100 are damaged");
        assert!(damaged(&[], 1).is_empty());
    }
}
