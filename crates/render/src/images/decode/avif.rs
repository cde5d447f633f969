//! AVIF: 8 to 12 bits, any subsampling, grids, alpha; of a sequence its still picture. AV1 is decoded by rav1d.

use re_rav1d::dav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent, Settings};

use super::{Failure, Profile, Stored};
use crate::images::ImageInfo;
use crate::images::avif_file::{AvifFile, CodePoints, Coded};

pub(super) fn decode(bytes: &[u8], info: &ImageInfo) -> Result<Stored, Failure> {
    let file = AvifFile::parse(bytes)?;
    let (width, height) = info.stored_size();
    let mut canvas = Canvas { width: width as usize, height: height as usize, rgba: Vec::new() };
    canvas.rgba = vec![255; canvas.width * canvas.height * 4];
    let mut meaning = file.code_points;
    canvas.tiles(&file.color, |canvas, frame, place| {
        let points = *meaning.get_or_insert_with(|| frame.code_points());
        canvas.color(frame, points, place)
    })?;
    if let Some(alpha) = &file.alpha {
        canvas.tiles(alpha, |canvas, frame, place| {
            canvas.alpha(frame, place);
            Ok(())
        })?;
        if file.premultiplied {
            canvas.divide();
        }
    }
    let profile = match (file.icc, meaning) {
        (Some(icc), _) => Some(Profile::Icc(icc.to_vec())),
        (None, Some(points)) => Profile::of_code_points(points.primaries, points.transfer)?,
        (None, None) => None,
    };
    Ok(Stored { width, height, rgba: canvas.rgba, profile })
}

struct Canvas {
    width: usize,
    height: usize,
    rgba: Vec<u8>,
}

impl Canvas {
    /// Decodes each tile and has it drawn at its place.
    fn tiles(
        &mut self,
        coded: &Coded<'_>,
        mut draw: impl FnMut(&mut Canvas, &Frame, (usize, usize)) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut first = None;
        for (number, data) in coded.tiles.iter().enumerate() {
            let frame = Frame::decode(data, self.width * self.height)?;
            let size = (frame.width, frame.height);
            let (tile_width, tile_height) = *first.get_or_insert(size);
            let rows = coded.tiles.len() / coded.columns;
            let covers = tile_width * coded.columns >= self.width && tile_height * rows >= self.height;
            let is_whole = coded.tiles.len() > 1 || size == (self.width, self.height);
            if size != (tile_width, tile_height) || !covers || !is_whole {
                return Err(Failure::damaged("its header and its pixels differ in size"));
            }
            let place = (number % coded.columns * tile_width, number / coded.columns * tile_height);
            draw(self, &frame, place)?;
        }
        Ok(())
    }

    /// The pixels of a row from a place on, as many as there are on the canvas.
    fn row(&mut self, (left, top): (usize, usize), y: usize) -> &mut [u8] {
        if top + y >= self.height || left >= self.width {
            return &mut [];
        }
        let start = (top + y) * self.width;
        &mut self.rgba[(start + left) * 4..(start + self.width) * 4]
    }

    fn color(&mut self, frame: &Frame, points: CodePoints, place: (usize, usize)) -> Result<(), Failure> {
        let to_rgb = ToRgb::new(points, frame)?;
        let mut lines = [(); 3].map(|()| vec![0.0; frame.width]);
        for y in 0..frame.height {
            for (plane, line) in frame.planes.iter().zip(&mut lines) {
                plane.line(y, frame, line);
            }
            for (x, pixel) in self.row(place, y).chunks_exact_mut(4).take(frame.width).enumerate() {
                let rgb = to_rgb.pixel([lines[0][x], lines[1][x], lines[2][x]]);
                pixel[..3].copy_from_slice(&rgb);
            }
        }
        Ok(())
    }

    fn alpha(&mut self, frame: &Frame, place: (usize, usize)) {
        let most = f32::from(frame.most());
        let mut line = vec![0.0; frame.width];
        for y in 0..frame.height {
            frame.planes[0].line(y, frame, &mut line);
            for (pixel, alpha) in self.row(place, y).chunks_exact_mut(4).zip(&line) {
                pixel[3] = level(alpha / most);
            }
        }
    }

    /// Takes the alpha out of the colours.
    fn divide(&mut self) {
        for pixel in self.rgba.chunks_exact_mut(4) {
            let alpha = u32::from(pixel[3]).max(1);
            pixel[..3].iter_mut().for_each(|c| *c = ((u32::from(*c) * 255 + alpha / 2) / alpha).min(255) as u8);
        }
    }
}

/// 0 to 1 as one of 256 levels.
fn level(value: f32) -> u8 {
    (value * 255.0 + 0.5).clamp(0.0, 255.0) as u8
}

/// A decoded AV1 picture.
struct Frame {
    width: usize,
    height: usize,
    /// Luma, and the two colour planes; grey pictures have one.
    planes: Vec<Plane>,
    bits: u32,
    picture: Picture,
}

struct Plane {
    width: usize,
    height: usize,
    samples: Vec<u16>,
}

impl Frame {
    /// A picture of at most so many pixels.
    fn decode(data: &[u8], max_pixels: usize) -> Result<Frame, Failure> {
        let mut settings = Settings::new();
        // No threads of its own, and the picture as soon as it is there.
        settings.set_n_threads(1);
        settings.set_max_frame_delay(1);
        settings.set_all_layers(false);
        settings.set_frame_size_limit(u32::try_from(max_pixels).unwrap_or(u32::MAX));
        let mut decoder = Decoder::with_settings(&settings).map_err(unreadable)?;
        match decoder.send_data(data.to_vec(), None, None, None) {
            Ok(()) | Err(Error::Again) => {}
            Err(error) => return Err(unreadable(error)),
        }
        let picture = match decoder.get_picture() {
            Err(Error::Again) => {
                decoder.send_pending_data().map_err(unreadable)?;
                decoder.get_picture().map_err(unreadable)?
            }
            decoded => decoded.map_err(unreadable)?,
        };
        Ok(Frame::of(picture))
    }

    fn of(picture: Picture) -> Frame {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let bits = picture.bit_depth() as u32;
        let halved = |length: usize, is_halved: bool| if is_halved { length.div_ceil(2) } else { length };
        let layout = picture.pixel_layout();
        let (narrow, low) = (matches!(layout, PixelLayout::I420 | PixelLayout::I422), layout == PixelLayout::I420);
        let plane = |component: PlanarImageComponent, width: usize, height: usize| {
            let (bytes, stride) = (picture.plane(component), picture.stride(component) as usize);
            let rows = bytes.chunks(stride.max(1)).take(height);
            let samples = rows.flat_map(|row| (0..width).map(|x| sample(row, x, bits))).collect();
            Plane { width, height, samples }
        };
        let mut planes = vec![plane(PlanarImageComponent::Y, width, height)];
        if layout != PixelLayout::I400 {
            let (width, height) = (halved(width, narrow), halved(height, low));
            planes.extend([PlanarImageComponent::U, PlanarImageComponent::V].map(|part| plane(part, width, height)));
        }
        Frame { width, height, planes, bits, picture }
    }

    /// The largest sample.
    fn most(&self) -> u16 {
        ((1_u32 << self.bits) - 1) as u16
    }

    /// What the coded picture itself says of its numbers.
    fn code_points(&self) -> CodePoints {
        use re_rav1d::dav1d::pixel::{ColorPrimaries, MatrixCoefficients, TransferCharacteristic, YUVRange};
        let primaries = match self.picture.color_primaries() {
            ColorPrimaries::BT2020 => 9,
            ColorPrimaries::P3Display => 12,
            _ => 1,
        };
        let transfer = match self.picture.transfer_characteristic() {
            TransferCharacteristic::PerceptualQuantizer => 16,
            TransferCharacteristic::HybridLogGamma => 18,
            _ => 13,
        };
        let matrix = match self.picture.matrix_coefficients() {
            MatrixCoefficients::Identity => 0,
            MatrixCoefficients::BT709 => 1,
            MatrixCoefficients::YCgCo => 8,
            MatrixCoefficients::BT2020NonConstantLuminance => 9,
            _ => 6,
        };
        CodePoints { primaries, transfer, matrix, full_range: self.picture.color_range() == YUVRange::Full }
    }
}

fn sample(row: &[u8], x: usize, bits: u32) -> u16 {
    match bits {
        8 => row.get(x).copied().map_or(0, u16::from),
        _ => row.get(2 * x..2 * x + 2).map_or(0, |two| u16::from_ne_bytes([two[0], two[1]])),
    }
}

fn unreadable(error: Error) -> Failure {
    Failure::Damaged(format!("its pixels cannot be read ({error:?})"))
}

impl Plane {
    /// A line of the whole frame; a plane of half the size is enlarged by lerping.
    fn line(&self, y: usize, frame: &Frame, line: &mut [f32]) {
        let (above, below, part) = between(y, self.height != frame.height, self.height);
        let at = |x: usize| {
            let sample = |row: usize| f32::from(self.samples[row * self.width + x]);
            sample(above) + (sample(below) - sample(above)) * part
        };
        let is_narrow = self.width != frame.width;
        for (x, value) in line.iter_mut().enumerate() {
            let (left, right, part) = between(x, is_narrow, self.width);
            *value = at(left) + (at(right) - at(left)) * part;
        }
    }
}

/// The two samples around a pixel, and how far it is from the first.
fn between(at: usize, is_halved: bool, count: usize) -> (usize, usize, f32) {
    if !is_halved {
        return (at, at, 0.0);
    }
    let near = (at / 2).min(count - 1);
    match at % 2 {
        0 => (near.saturating_sub(1), near, 0.75),
        _ => (near, (near + 1).min(count - 1), 0.25),
    }
}

/// From luma and two colour differences to red, green and blue.
struct ToRgb {
    kind: Kind,
    luma: Range,
    color: Range,
}

enum Kind {
    Grey,
    /// Green, blue and red themselves.
    Identity,
    YCgCo,
    /// The shares of red and blue in luma.
    YCbCr(f32, f32),
}

/// What is taken off a sample, and what it is multiplied by.
struct Range {
    least: f32,
    scale: f32,
}

impl ToRgb {
    fn new(points: CodePoints, frame: &Frame) -> Result<ToRgb, Failure> {
        let kind = match points.matrix {
            _ if frame.planes.len() < 3 => Kind::Grey,
            0 => Kind::Identity,
            1 => Kind::YCbCr(0.2126, 0.0722),
            2 | 5 | 6 => Kind::YCbCr(0.299, 0.114),
            4 => Kind::YCbCr(0.30, 0.11),
            7 => Kind::YCbCr(0.212, 0.087),
            8 => Kind::YCgCo,
            9 => Kind::YCbCr(0.2627, 0.0593),
            other => return Err(Failure::Unsupported(format!("its colours are of the matrix {other}"))),
        };
        let (step, most) = ((1_u32 << (frame.bits - 8)) as f32, f32::from(frame.most()));
        let range = |least: f32, narrow: f32| match points.full_range {
            true => Range { least: if least == 16.0 { 0.0 } else { 128.0 * step }, scale: 1.0 / most },
            false => Range { least: least * step, scale: 1.0 / (narrow * step) },
        };
        let luma = range(16.0, 219.0);
        let color = if matches!(kind, Kind::Identity) { range(16.0, 219.0) } else { range(128.0, 224.0) };
        Ok(ToRgb { kind, luma, color })
    }

    fn pixel(&self, [first, second, third]: [f32; 3]) -> [u8; 3] {
        let y = (first - self.luma.least) * self.luma.scale;
        let [u, v] = [second, third].map(|sample| (sample - self.color.least) * self.color.scale);
        let rgb = match self.kind {
            Kind::Grey => [y; 3],
            Kind::Identity => [v, y, u],
            Kind::YCgCo => [y - u + v, y + u, y - u - v],
            Kind::YCbCr(red, blue) => {
                let (r, b) = (y + 2.0 * (1.0 - red) * v, y + 2.0 * (1.0 - blue) * u);
                [r, (y - red * r - blue * b) / (1.0 - red - blue), b]
            }
        };
        rgb.map(level)
    }
}
