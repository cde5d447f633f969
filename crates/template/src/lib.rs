//! The template format.
