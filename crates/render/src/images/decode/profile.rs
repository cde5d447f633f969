//! Colours to sRGB: by the file's ICC profile, or for inks without one by the usual formula. A profile that is damaged
//! or fits other pixels is left aside: the picture is drawn as if it had none, as browsers do.

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients, TransferCharacteristics,
    TransformOptions,
};

use super::Failure;

/// What the numbers of a picture mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Profile {
    /// An ICC profile's bytes.
    Icc(Vec<u8>),
    /// Numbers of ITU-T H.273.
    CodePoints { primaries: u8, transfer: u8 },
}

impl Profile {
    /// The profile that code points name. None where that is sRGB: the curves of video are shown as sRGB's is.
    pub(super) fn of_code_points(primaries: u8, transfer: u8) -> Result<Option<Profile>, Failure> {
        const SRGB: u8 = 13;
        const SDR_VIDEO: [u8; 5] = [1, 2, 6, 14, 15];
        const HDR: [u8; 2] = [16, 18];
        if HDR.contains(&transfer) {
            return Err(Failure::Unsupported("its brightness is HDR (PQ or HLG); save it as SDR".into()));
        }
        let transfer = if SDR_VIDEO.contains(&transfer) { SRGB } else { transfer };
        let is_srgb = matches!(primaries, 1 | 2) && transfer == SRGB;
        Ok((!is_srgb).then_some(Profile::CodePoints { primaries, transfer }))
    }

    /// Straight RGBA in place, alpha kept. Grey profiles take the red channel, which grey pictures repeat.
    pub(super) fn rgba_to_srgb(&self, rgba: &mut [u8]) {
        let Some(profile) = self.parse() else { return };
        let converted = match profile.color_space {
            DataColorSpace::Rgb => convert(&profile, Layout::Rgba, rgba),
            DataColorSpace::Gray => {
                let grey: Vec<u8> = rgba.chunks_exact(4).map(|pixel| pixel[0]).collect();
                convert(&profile, Layout::Gray, &grey)
            }
            _ => None,
        };
        let Some(converted) = converted else { return };
        for (pixel, new) in rgba.chunks_exact_mut(4).zip(converted.chunks_exact(4)) {
            pixel[..3].copy_from_slice(&new[..3]);
        }
    }

    fn parse(&self) -> Option<ColorProfile> {
        match self {
            Profile::Icc(icc) => parse(icc),
            Profile::CodePoints { primaries, transfer } => Some(ColorProfile::new_from_cicp(CicpProfile {
                color_primaries: CicpColorPrimaries::try_from(*primaries).ok()?,
                transfer_characteristics: TransferCharacteristics::try_from(*transfer).ok()?,
                matrix_coefficients: MatrixCoefficients::Identity,
                full_range: true,
            })),
        }
    }
}

/// Amounts of ink (0 none, 255 full) to opaque RGBA.
pub(super) fn cmyk_to_srgb(icc: Option<&[u8]>, cmyk: &[u8]) -> Vec<u8> {
    let profile = icc.and_then(parse).filter(|profile| profile.color_space == DataColorSpace::Cmyk);
    if let Some(mut rgba) = profile.and_then(|profile| convert(&profile, Layout::Rgba, cmyk)) {
        rgba.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
        return rgba;
    }
    let mut rgba = Vec::with_capacity(cmyk.len());
    for ink in cmyk.chunks_exact(4) {
        let light = |amount: u8| crate::pixmap::div255(u32::from(255 - amount) * u32::from(255 - ink[3]));
        rgba.extend_from_slice(&[light(ink[0]), light(ink[1]), light(ink[2]), 255]);
    }
    rgba
}

fn parse(icc: &[u8]) -> Option<ColorProfile> {
    ColorProfile::new_from_slice(icc).ok()
}

/// To sRGB as RGBA. In this library's words CMYK has the layout RGBA.
fn convert(profile: &ColorProfile, layout: Layout, pixels: &[u8]) -> Option<Vec<u8>> {
    let channels = if layout == Layout::Gray { 1 } else { 4 };
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &srgb, Layout::Rgba, TransformOptions::default()).ok()?;
    let mut rgba = vec![255; pixels.len() / channels * 4];
    transform.transform(pixels, &mut rgba).ok()?;
    Some(rgba)
}
