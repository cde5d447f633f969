//! PNG: every colour type, depth and interlacing; of an animated one its still picture.

use std::io::Cursor;

use png::{Decoder, Info, Transformations};

use super::{Failure, Profile, Stored, to_rgba};

pub(super) fn decode(bytes: &[u8]) -> Result<Stored, Failure> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_ignore_text_chunk(true);
    // Palettes and 1, 2, 4 bits become 8 bits a channel; so do 16 bits.
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(Failure::said)?;
    let size = reader.output_buffer_size().ok_or_else(|| Failure::damaged("it is too large"))?;
    let mut samples = vec![0; size];
    let frame = reader.next_frame(&mut samples).map_err(Failure::said)?;
    samples.truncate(frame.buffer_size());
    let info = reader.info();
    let rgba = to_rgba(samples, frame.color_type.samples());
    Ok(Stored { width: info.width, height: info.height, rgba, profile: profile(info)? })
}

/// What stands first in the standard's order of chunks. A file that says "sRGB" needs no profile.
fn profile(info: &Info<'_>) -> Result<Option<Profile>, Failure> {
    if let Some(points) = info.coding_independent_code_points {
        return Profile::of_code_points(points.color_primaries, points.transfer_function);
    }
    let icc = info.icc_profile.as_ref().filter(|_| info.srgb.is_none());
    Ok(icc.map(|icc| Profile::Icc(icc.to_vec())))
}
