//! Visual tests: small cases held against reference pictures, and layouts held against a browser's.

pub mod browser;
pub mod cases;
pub mod compare;
pub mod coverage;
pub mod draw;
pub mod pdf;
pub mod report;
pub mod ssim;
pub mod starters;
