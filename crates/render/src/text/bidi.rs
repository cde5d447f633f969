//! The visual order of a line's pieces (UAX #9, rule L2).

/// Indices of `levels` from left to right.
pub(super) fn visual_order(levels: &[u8]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..levels.len()).collect();
    let highest = levels.iter().copied().max().unwrap_or(0);
    let lowest_odd = levels.iter().copied().filter(|level| level % 2 == 1).min().unwrap_or(highest + 1);
    for level in (lowest_odd..=highest).rev() {
        let mut start = 0;
        while start < order.len() {
            let length = order[start..].iter().take_while(|&&index| levels[index] >= level).count();
            order[start..start + length].reverse();
            start += length.max(1);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::visual_order;

    #[test]
    fn pieces_are_reordered_by_level() {
        for (levels, order) in [
            (&[][..], &[][..]),
            (&[0, 0], &[0, 1]),
            (&[1, 1, 1], &[2, 1, 0]),
            (&[0, 1, 1, 0], &[0, 2, 1, 3]),
            // A number inside Arabic inside a right-to-left paragraph.
            (&[1, 2, 1], &[2, 1, 0]),
            (&[1, 2, 2, 1], &[3, 1, 2, 0]),
            (&[0, 1, 2, 1, 0], &[0, 3, 2, 1, 4]),
        ] {
            assert_eq!(visual_order(levels), order, "{levels:?}");
        }
    }
}
