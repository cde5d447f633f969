//! GIF: the first frame, on a transparent ground.

use gif::{ColorOutput, DecodeOptions};

use super::{Failure, Stored};
use crate::images::ImageInfo;

pub(super) fn decode(bytes: &[u8], info: &ImageInfo) -> Result<Stored, Failure> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    // Frames that leave the canvas would be allocated by their own size.
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(bytes).map_err(Failure::said)?;
    let frame = decoder.read_next_frame().map_err(Failure::said)?;
    let frame = frame.ok_or_else(|| Failure::damaged("it has no frame"))?;
    let (width, height) = (info.width as usize, info.height as usize);
    let mut rgba = vec![0; width * height * 4];
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let frame_width = usize::from(frame.width);
    for (row, source) in frame.buffer.chunks_exact((frame_width * 4).max(1)).enumerate() {
        let at = ((top + row) * width + left) * 4;
        let target = rgba.get_mut(at..at + source.len());
        target.ok_or_else(|| Failure::damaged("its frame leaves its canvas"))?.copy_from_slice(source);
    }
    Ok(Stored { width: info.width, height: info.height, rgba, profile: None })
}
