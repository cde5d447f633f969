//! Pages drawn and read back: colours at known places, edges on whole pixels.

#[path = "support/bundled.rs"]
mod bundled;
#[path = "raster/determinism.rs"]
mod determinism;
#[path = "raster/drawing.rs"]
mod drawing;
#[path = "raster/extremes.rs"]
mod extremes;
#[path = "raster/fills.rs"]
mod fills;
#[path = "raster/glyphs.rs"]
mod glyphs;
#[path = "raster/groups.rs"]
mod groups;
#[path = "raster/pictures.rs"]
mod pictures;
#[path = "raster/shadows.rs"]
mod shadows;
#[path = "raster/tiles.rs"]
mod tiles;
