//! Templates rendered as a request would have them, and their pictures read back.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use handbill_render::{Engine, Input, Options, Picture, RenderError, Rendered};
use handbill_template::bind::Bound;
use handbill_template::resolve::{ResolveOptions, SizeChoice, resolve};
use handbill_template::{Compiled, read_value};
use serde_json::Value as Json;

use crate::bundled::bundled;

/// One for all tests, as one serves all requests.
static ENGINE: LazyLock<Mutex<Engine>> = LazyLock::new(|| Mutex::new(Engine::new(bundled(false).clone())));

/// Renders a template at a size (empty: its canvas), without data.
pub(crate) fn try_render(template: &Json, size: &str, options: Options) -> Result<Rendered, RenderError> {
    let template = read_value(template.clone()).unwrap_or_else(|faults| panic!("{faults}"));
    let compiled = Compiled::new(template).unwrap_or_else(|error| panic!("{error}"));
    let size = ResolveOptions { size: SizeChoice::parse(size), ..ResolveOptions::default() };
    let resolution = resolve(&compiled, &Bound::default(), &size).unwrap_or_else(|error| panic!("{error}"));
    let input = Input { document: resolution.document, assets: BTreeMap::new(), options };
    let mut engine = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    engine.render(&input, &mut |_| ())
}

pub(crate) fn render(template: &Json, size: &str, options: Options) -> Rendered {
    try_render(template, size, options).unwrap_or_else(|error| panic!("{error}"))
}

/// A picture's colours, row by row.
pub(crate) struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    data: Vec<[u8; 3]>,
}

impl Pixels {
    pub(crate) fn of(picture: &Picture) -> Pixels {
        let decoder = png::Decoder::new(std::io::Cursor::new(&picture.bytes));
        let mut reader = decoder.read_info().expect("a PNG");
        let mut data = vec![0; reader.output_buffer_size().expect("its size is known")];
        let info = reader.next_frame(&mut data).expect("a whole PNG");
        assert_eq!((info.width, info.height), (picture.width, picture.height), "the file is what it is said to be");
        let colors = data.chunks_exact(info.color_type.samples()).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        Pixels { width: info.width as usize, height: info.height as usize, data: colors.collect() }
    }

    pub(crate) fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.data[y * self.width + x]
    }

    /// Left, top, right and bottom edge of all pixels of a colour.
    pub(crate) fn extent(&self, color: [u8; 3]) -> Option<[usize; 4]> {
        let places = (0..self.data.len()).filter(|&index| self.data[index] == color);
        places.map(|index| (index % self.width, index / self.width)).fold(None, |found, (x, y)| {
            let [left, top, right, bottom] = found.unwrap_or([x, y, x + 1, y + 1]);
            Some([left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)])
        })
    }

    /// As a picture `factor` times smaller: each pixel is the mean of a square.
    pub(crate) fn reduced(&self, factor: usize) -> Pixels {
        let (width, height) = (self.width / factor, self.height / factor);
        let mean = |x: usize, y: usize| {
            let mut sum = [0; 3];
            for pixel in (0..factor * factor).map(|at| self.at(x * factor + at % factor, y * factor + at / factor)) {
                sum.iter_mut().zip(pixel).for_each(|(sum, channel)| *sum += usize::from(channel));
            }
            sum.map(|sum| u8::try_from(sum / (factor * factor)).unwrap_or(u8::MAX))
        };
        let data = (0..width * height).map(|index| mean(index % width, index / width)).collect();
        Pixels { width, height, data }
    }

    /// The differences of all channels to a picture of the same size, least first.
    pub(crate) fn differences(&self, other: &Pixels) -> Vec<u8> {
        assert_eq!((self.width, self.height), (other.width, other.height));
        let channels = self.data.as_flattened().iter().zip(other.data.as_flattened());
        let mut differences: Vec<u8> = channels.map(|(a, b)| a.abs_diff(*b)).collect();
        differences.sort_unstable();
        differences
    }
}
