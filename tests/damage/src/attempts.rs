//! One attempt for each kind of input.

mod binding;
mod font;
mod image;
mod svg;
mod template;

pub use binding::binding;
pub use font::font;
pub use image::image;
pub use svg::svg;
pub use template::template;

/// Tries bytes as one kind of input.
pub type Attempt = fn(&[u8]);

/// Every attempt, by the name of its folders and its fuzz target.
pub const ALL: [(&str, Attempt); 5] =
    [("binding", binding), ("font", font), ("image", image), ("svg", svg), ("template", template)];
