//! Templates at their sizes and scales: what a request gets, down to the pixels of its pictures and the boxes of its
//! PDF.

#[path = "support/bundled.rs"]
mod bundled;

#[path = "layout/bleed.rs"]
mod bleed;
#[path = "layout/drawing.rs"]
mod drawing;
#[path = "layout/fitting.rs"]
mod fitting;
#[path = "layout/sizes.rs"]
mod sizes;
