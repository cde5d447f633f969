//! Drawings in whole renders: what ends up where, what the report says; and what hostile ones get.

mod hostile;
mod looks;
mod support;
