//! Pins: where a free or absolute child stands, and how large it is, along one axis. Pure arithmetic.

use handbill_template::resolved::PinTo;

/// What decides a free child's place along one axis. All in layout pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pinned {
    /// `x` or `y`.
    pub offset: f64,
    pub size: PinnedSize,
    pub pin: PinTo,
    /// The parent's size as it was designed; None when the design gives none, or when this geometry was made for
    /// this very output size: then there is nothing to follow.
    pub designed_parent: Option<f64>,
    /// Geometry from `at`: pins leave it alone.
    pub placed_for_size: bool,
    /// The parent's border box.
    pub parent: f64,
    /// The part of it that percentages refer to.
    pub parent_content: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum PinnedSize {
    Px(f64),
    Fraction(f64),
    /// From the offset to the parent's far edge.
    Fill,
    /// Known once the content is measured.
    Auto,
}

/// A child's start and size along an axis; the size is None when it is the content's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub start: Start,
    pub size: Option<f64>,
}

/// Where it begins: known, or once its size is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Start {
    At(f64),
    /// The far edge stands here.
    EndAt(f64),
    /// The centre stands here.
    CenterAt(f64),
}

impl Start {
    pub(crate) fn of(self, size: f64) -> f64 {
        match self {
            Start::At(start) => start,
            Start::EndAt(end) => end - size,
            Start::CenterAt(center) => center - size / 2.0,
        }
    }
}

/// Places a child along one axis.
pub(crate) fn place(given: &Pinned) -> Span {
    match (given.placed_for_size, given.designed_parent) {
        (true, _) => Span { start: Start::At(given.offset), size: own_size(given) },
        (false, Some(designed)) => follow_design(given, designed),
        (false, None) => inset(given),
    }
}

fn own_size(given: &Pinned) -> Option<f64> {
    match given.size {
        PinnedSize::Px(px) => Some(px),
        PinnedSize::Fraction(fraction) => Some(fraction * given.parent_content),
        PinnedSize::Fill => Some((given.parent - given.offset).max(0.0)),
        PinnedSize::Auto => None,
    }
}

/// The parent has a size in the design: the child keeps its distances to the edges it is pinned to.
fn follow_design(given: &Pinned, designed: f64) -> Span {
    let designed_size = match given.size {
        PinnedSize::Px(px) => px,
        PinnedSize::Fraction(fraction) => fraction * designed,
        // Fill keeps to both edges by itself; what hugs its content is only ever pinned to the start.
        PinnedSize::Fill | PinnedSize::Auto => {
            return Span { start: Start::At(given.offset), size: own_size(given) };
        }
    };
    let size = own_size(given);
    let far_inset = designed - given.offset - designed_size;
    let at = |start| Span { start, size };
    match resolve_auto(given.pin, given.offset, designed_size, designed) {
        PinTo::Auto | PinTo::Start => at(Start::At(given.offset)),
        PinTo::End => at(Start::EndAt(given.parent - far_inset)),
        PinTo::Center => {
            let from_center = given.offset + designed_size / 2.0 - designed / 2.0;
            at(Start::CenterAt(given.parent / 2.0 + from_center))
        }
        PinTo::Stretch => {
            let size = (given.parent - given.offset - far_inset).max(0.0);
            Span { start: Start::At(given.offset), size: Some(size) }
        }
        PinTo::Scale => {
            let factor = if designed > 0.0 { given.parent / designed } else { 1.0 };
            Span { start: Start::At(given.offset * factor), size: Some(designed_size * factor) }
        }
    }
}

/// `auto`: a box of 90 % of its parent or more stretches, else the third that its centre lies in decides.
fn resolve_auto(pin: PinTo, offset: f64, size: f64, designed: f64) -> PinTo {
    if pin != PinTo::Auto {
        return pin;
    }
    let center = offset + size / 2.0;
    if size >= 0.9 * designed {
        PinTo::Stretch
    } else if center < designed / 3.0 {
        PinTo::Start
    } else if center > designed * 2.0 / 3.0 {
        PinTo::End
    } else {
        PinTo::Center
    }
}

/// The parent has no size in the design: the offset is the distance from the pinned edge.
fn inset(given: &Pinned) -> Span {
    let size = own_size(given);
    let start = match given.pin {
        PinTo::Auto | PinTo::Start | PinTo::Scale => Start::At(given.offset),
        PinTo::End => Start::EndAt(given.parent - given.offset),
        PinTo::Center => Start::CenterAt(given.parent / 2.0 + given.offset),
        PinTo::Stretch => {
            let size = (given.parent - 2.0 * given.offset).max(0.0);
            return Span { start: Start::At(given.offset), size: Some(size) };
        }
    };
    Span { start, size }
}

#[cfg(test)]
mod tests {
    use super::{Pinned, PinnedSize, place};
    use handbill_template::resolved::PinTo::{self, Auto, Center, End, Scale, Start, Stretch};

    fn placed(offset: f64, size: PinnedSize, pin: PinTo, designed: Option<f64>, parent: f64) -> (f64, f64) {
        let given = Pinned {
            offset,
            size,
            pin,
            designed_parent: designed,
            placed_for_size: false,
            parent,
            parent_content: parent,
        };
        let span = place(&given);
        let size = span.size.unwrap_or(50.0);
        (span.start.of(size), size)
    }

    #[test]
    fn pins_follow_the_parents_size() {
        let px = PinnedSize::Px;
        #[rustfmt::skip]
        let cases = [
            // offset, size, pin, designed, actual → start, size
            (10.0, px(20.0), Start, 100.0, 300.0, (10.0, 20.0)),
            (10.0, px(20.0), End, 100.0, 300.0, (210.0, 20.0)),
            (10.0, px(20.0), Center, 100.0, 300.0, (110.0, 20.0)),
            (10.0, px(20.0), Stretch, 100.0, 300.0, (10.0, 220.0)),
            (10.0, px(20.0), Scale, 100.0, 300.0, (30.0, 60.0)),
            (10.0, px(85.0), Stretch, 100.0, 10.0, (10.0, 0.0)),
            // auto: the thirds of the design, and 90 %
            (0.0, px(20.0), Auto, 100.0, 300.0, (0.0, 20.0)),
            (23.0, px(20.0), Auto, 100.0, 300.0, (23.0, 20.0)),
            (24.0, px(20.0), Auto, 100.0, 300.0, (124.0, 20.0)),
            (56.0, px(20.0), Auto, 100.0, 300.0, (156.0, 20.0)),
            (57.0, px(20.0), Auto, 100.0, 300.0, (257.0, 20.0)),
            (5.0, px(90.0), Auto, 100.0, 300.0, (5.0, 290.0)),
            (5.0, px(89.9), Auto, 100.0, 300.0, (105.0, 89.9)),
            // percentages are of the parent as it is; their insets are the design's
            (10.0, PinnedSize::Fraction(0.5), Start, 100.0, 300.0, (10.0, 150.0)),
            (10.0, PinnedSize::Fraction(0.5), End, 100.0, 300.0, (110.0, 150.0)),
            (25.0, PinnedSize::Fraction(0.5), Center, 100.0, 300.0, (75.0, 150.0)),
            (10.0, PinnedSize::Fill, Auto, 100.0, 300.0, (10.0, 290.0)),
            (10.0, PinnedSize::Auto, Auto, 100.0, 300.0, (10.0, 50.0)),
        ];
        for (offset, size, pin, designed, parent, expected) in cases {
            let (start, length) = placed(offset, size, pin, Some(designed), parent);
            assert!(
                (start - expected.0).abs() < 1e-9 && (length - expected.1).abs() < 1e-9,
                "{offset} {size:?} {pin:?} in {designed}→{parent}: {start} {length}, expected {expected:?}"
            );
        }
    }

    #[test]
    fn without_a_designed_size_offsets_are_insets() {
        let cases = [
            (Start, PinnedSize::Px(20.0), (10.0, 20.0)),
            (Auto, PinnedSize::Px(20.0), (10.0, 20.0)),
            (End, PinnedSize::Px(20.0), (270.0, 20.0)),
            (Center, PinnedSize::Px(20.0), (150.0, 20.0)),
            (Stretch, PinnedSize::Px(20.0), (10.0, 280.0)),
            (End, PinnedSize::Auto, (240.0, 50.0)),
            (Center, PinnedSize::Auto, (135.0, 50.0)),
        ];
        for (pin, size, expected) in cases {
            assert_eq!(placed(10.0, size, pin, None, 300.0), expected, "{pin:?} {size:?}");
        }
    }

    #[test]
    fn geometry_made_for_this_size_stays() {
        let given = Pinned {
            offset: 10.0,
            size: PinnedSize::Px(20.0),
            pin: End,
            designed_parent: Some(100.0),
            placed_for_size: true,
            parent: 300.0,
            parent_content: 300.0,
        };
        let span = place(&given);
        assert_eq!((span.start.of(20.0), span.size), (10.0, Some(20.0)));
    }
}
