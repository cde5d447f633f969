//! Taking in a body: counts what arrives and what it unpacks to while it streams, and stops at the first limit that is
//! passed. We ask for bodies that are not compressed; a host that compresses anyway is unpacked (gzip, deflate).

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::write::{MultiGzDecoder, ZlibDecoder};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::error::FetchFault;
use super::kind::ImageKind;

/// Enough bytes to tell what a body is; an endless HTML page is turned away here instead of at the limit.
const SNIFFED_BYTES: usize = 512;

const DAMAGED: FetchFault = FetchFault::NotAnImage("compressed data that is damaged");

/// What all bodies of one request may have together.
#[derive(Debug)]
pub(crate) struct Budget {
    limit_bytes: u64,
    taken_bytes: AtomicU64,
}

impl Budget {
    pub(crate) fn new(limit_bytes: u64) -> Self {
        Self { limit_bytes, taken_bytes: AtomicU64::new(0) }
    }

    pub(crate) fn take(&self, bytes: usize) -> Result<(), FetchFault> {
        let before = self.taken_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        if before + bytes as u64 > self.limit_bytes {
            return Err(FetchFault::TooLargeTogether { limit_bytes: self.limit_bytes });
        }
        Ok(())
    }
}

/// The picture in the body, and its kind.
pub(crate) async fn picture(mut response: Response, max_bytes: u64) -> Result<(Vec<u8>, ImageKind), FetchFault> {
    let mut body = Body::new(&response, max_bytes)?;
    let (mut received, mut unpacked) = (0, 0);
    while let Some(chunk) = response.chunk().await.map_err(|error| super::fault_of(&error))? {
        received += chunk.len() as u64;
        if received > max_bytes {
            return Err(FetchFault::TooLarge { limit_bytes: max_bytes });
        }
        body.write(&chunk)?;
        let bytes = body.bytes();
        if unpacked < SNIFFED_BYTES && bytes.len() >= SNIFFED_BYTES {
            ImageKind::sniff(bytes).map_err(FetchFault::NotAnImage)?;
        }
        unpacked = bytes.len();
    }
    let bytes = body.finish()?;
    let kind = ImageKind::sniff(&bytes).map_err(FetchFault::NotAnImage)?;
    Ok((bytes, kind))
}

/// Where the bytes go: through the decoder that the Content-Encoding names.
enum Body {
    Plain(Bounded),
    Gzip(MultiGzDecoder<Bounded>),
    Deflate(ZlibDecoder<Bounded>),
}

impl Body {
    fn new(response: &Response, max_bytes: u64) -> Result<Self, FetchFault> {
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let sink = Bounded { bytes: Vec::new(), max_bytes, overflowed: false };
        match header(CONTENT_ENCODING).map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "identity") => {
                let length = header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
                if length.is_some_and(|length| length > max_bytes) {
                    return Err(FetchFault::TooLarge { limit_bytes: max_bytes });
                }
                Ok(Self::Plain(sink))
            }
            Some("gzip" | "x-gzip") => Ok(Self::Gzip(MultiGzDecoder::new(sink))),
            Some("deflate") => Ok(Self::Deflate(ZlibDecoder::new(sink))),
            Some(_) => Err(FetchFault::NotAnImage("compressed in a way that was not asked for")),
        }
    }

    fn sink(&self) -> &Bounded {
        match self {
            Self::Plain(sink) => sink,
            Self::Gzip(decoder) => decoder.get_ref(),
            Self::Deflate(decoder) => decoder.get_ref(),
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.sink().bytes
    }

    fn write(&mut self, chunk: &[u8]) -> Result<(), FetchFault> {
        let result = match self {
            Self::Plain(sink) => sink.write_all(chunk),
            Self::Gzip(decoder) => decoder.write_all(chunk),
            Self::Deflate(decoder) => decoder.write_all(chunk),
        };
        result.map_err(|_| self.sink().fault())
    }

    fn finish(mut self) -> Result<Vec<u8>, FetchFault> {
        let result = match &mut self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(decoder) => decoder.try_finish(),
            Self::Deflate(decoder) => decoder.try_finish(),
        };
        result.map_err(|_| self.sink().fault())?;
        match self {
            Self::Plain(sink) => Ok(sink),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Deflate(decoder) => decoder.finish(),
        }
        .map(|sink| sink.bytes)
        .map_err(|_| DAMAGED)
    }
}

/// Bytes in memory that refuse to grow past a limit.
struct Bounded {
    bytes: Vec<u8>,
    max_bytes: u64,
    overflowed: bool,
}

impl Bounded {
    fn fault(&self) -> FetchFault {
        if self.overflowed { FetchFault::TooLarge { limit_bytes: self.max_bytes } } else { DAMAGED }
    }
}

impl Write for Bounded {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if (self.bytes.len() + chunk.len()) as u64 > self.max_bytes {
            self.overflowed = true;
            return Err(io::Error::other("past the limit"));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
