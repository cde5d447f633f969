//! The faces an engine can draw with.

/// A face of a [`FontLibrary`](crate::fonts), by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub u32);
