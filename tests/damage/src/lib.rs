//! Damaged and hostile input, tried on the parts that take it from outside. An attempt takes any bytes, and panics only if a
//! promise is broken: either the input is used, or what is wrong with it is said in words that name it.
//!
//! The same attempts are made by the tests (seeded damage to good files, and every file that once broke something) and by
//! the fuzz targets in `fuzz/`.

pub mod attempts;
pub mod mutate;
pub mod page;
pub mod seeds;
pub mod watch;
