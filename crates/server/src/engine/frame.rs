//! What crosses the pipe between the server and an engine process: a JSON header and raw blobs beside it, each with its
//! length in front. What the headers mean is `wire`'s business.
//!
//! ```text
//! header length u32 | blob count u32 | blob lengths u64 … | header | blobs …     (all little-endian)
//! ```

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// One message: its header still as JSON, so that the pool need not know what it carries.
#[derive(Debug, PartialEq)]
pub(crate) struct Frame<B = Vec<u8>> {
    header: Vec<u8>,
    pub(crate) blobs: Vec<B>,
}

/// The lengths in front of a frame.
struct Lengths {
    header: usize,
    blobs: Vec<usize>,
}

const MAX_BLOBS: usize = 100_000;

impl<B: AsRef<[u8]>> Frame<B> {
    pub(crate) fn new(header: &impl Serialize, blobs: Vec<B>) -> io::Result<Self> {
        Ok(Self { header: serde_json::to_vec(header)?, blobs })
    }

    fn prefix(&self) -> io::Result<Vec<u8>> {
        let too_long = |_| io::Error::new(io::ErrorKind::InvalidInput, "a frame's header is too long");
        let mut prefix = Vec::with_capacity(8 + 8 * self.blobs.len());
        prefix.extend(u32::try_from(self.header.len()).map_err(too_long)?.to_le_bytes());
        prefix.extend(u32::try_from(self.blobs.len()).map_err(too_long)?.to_le_bytes());
        for blob in &self.blobs {
            prefix.extend((blob.as_ref().len() as u64).to_le_bytes());
        }
        Ok(prefix)
    }

    /// The child's side of writing.
    pub(crate) fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.prefix()?)?;
        out.write_all(&self.header)?;
        for blob in &self.blobs {
            out.write_all(blob.as_ref())?;
        }
        out.flush()
    }

    /// The server's side of writing.
    pub(crate) async fn send(&self, out: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        out.write_all(&self.prefix()?).await?;
        out.write_all(&self.header).await?;
        for blob in &self.blobs {
            out.write_all(blob.as_ref()).await?;
        }
        out.flush().await
    }
}

impl Frame {
    /// The header as a type. Resolved documents nest deeper than what serde_json takes by default; both ends of the
    /// pipe are ours, and the reader's stack is large.
    pub(crate) fn header<T: DeserializeOwned>(&self) -> io::Result<T> {
        let mut json = serde_json::Deserializer::from_slice(&self.header);
        json.disable_recursion_limit();
        Ok(T::deserialize(&mut json)?)
    }

    /// The child's side of reading; `None` when the server has hung up between two frames.
    pub(crate) fn read_from(input: &mut impl Read, max_bytes: u64) -> io::Result<Option<Self>> {
        let mut counts = [0; 8];
        if input.read(&mut counts[..1])? == 0 {
            return Ok(None);
        }
        input.read_exact(&mut counts[1..])?;
        let mut table = vec![0; blob_count(counts)? * 8];
        input.read_exact(&mut table)?;
        let lengths = Lengths::new(counts, &table, max_bytes)?;
        let mut exactly = |len| {
            let mut bytes = vec![0; len];
            input.read_exact(&mut bytes).map(|()| bytes)
        };
        let header = exactly(lengths.header)?;
        let blobs = lengths.blobs.into_iter().map(exactly).collect::<io::Result<_>>()?;
        Ok(Some(Self { header, blobs }))
    }

    /// The server's side of reading. The child is not trusted: nothing is allocated on its word alone.
    pub(crate) async fn receive(input: &mut (impl AsyncRead + Unpin), max_bytes: u64) -> io::Result<Self> {
        let mut counts = [0; 8];
        input.read_exact(&mut counts).await?;
        let mut table = vec![0; blob_count(counts)? * 8];
        input.read_exact(&mut table).await?;
        let lengths = Lengths::new(counts, &table, max_bytes)?;
        let header = receive_exactly(input, lengths.header).await?;
        let mut blobs = Vec::with_capacity(lengths.blobs.len());
        for len in lengths.blobs {
            blobs.push(receive_exactly(input, len).await?);
        }
        Ok(Self { header, blobs })
    }
}

async fn receive_exactly(input: &mut (impl AsyncRead + Unpin), len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(len.min(1 << 20));
    input.take(len as u64).read_to_end(&mut bytes).await?;
    if bytes.len() == len { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn blob_count(counts: [u8; 8]) -> io::Result<usize> {
    let count = u32::from_le_bytes([counts[4], counts[5], counts[6], counts[7]]) as usize;
    if count > MAX_BLOBS { Err(no_frame("too many blobs")) } else { Ok(count) }
}

fn no_frame(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

impl Lengths {
    fn new(counts: [u8; 8], table: &[u8], max_bytes: u64) -> io::Result<Self> {
        let header = u32::from_le_bytes([counts[0], counts[1], counts[2], counts[3]]);
        let (entries, _) = table.as_chunks::<8>();
        let blobs: Vec<u64> = entries.iter().map(|&entry| u64::from_le_bytes(entry)).collect();
        let total = blobs.iter().try_fold(u64::from(header), |sum, &len| sum.checked_add(len));
        if total.is_none_or(|total| total > max_bytes) {
            return Err(no_frame("larger than allowed"));
        }
        Ok(Self { header: header as usize, blobs: blobs.into_iter().map(|len| len as usize).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame::new(&("title", 0.1 + 0.2), vec![b"abc".to_vec(), Vec::new(), vec![7; 70_000]]).unwrap()
    }

    fn bytes() -> Vec<u8> {
        let mut bytes = Vec::new();
        frame().write_to(&mut bytes).unwrap();
        bytes
    }

    #[tokio::test]
    async fn both_sides_write_and_read_the_same() {
        let mut sent = Vec::new();
        frame().send(&mut sent).await.unwrap();
        assert_eq!(sent, bytes());
        assert_eq!(Frame::receive(&mut sent.as_slice(), 1 << 20).await.unwrap(), frame());
        let mut input = sent.as_slice();
        let read = Frame::read_from(&mut input, 1 << 20).unwrap().unwrap();
        assert_eq!(read, frame());
        assert_eq!(Frame::read_from(&mut input, 1 << 20).unwrap(), None);
        assert_eq!(read.header::<(String, f64)>().unwrap(), ("title".to_owned(), 0.1 + 0.2));
    }

    #[tokio::test]
    async fn cut_frames_and_lying_lengths_are_errors() {
        let whole = bytes();
        for len in [1, 7, 8, 20, 40, whole.len() - 1] {
            assert!(Frame::receive(&mut &whole[..len], 1 << 20).await.is_err(), "{len}");
            assert!(Frame::read_from(&mut &whole[..len], 1 << 20).is_err(), "{len}");
        }
        assert!(Frame::receive(&mut whole.as_slice(), 70_000).await.is_err());
        let huge: [&[u8]; 4] =
            [&[255; 16], &[0, 0, 0, 0, 255, 255, 255, 255], b"{\"this\": \"is not a frame\"}", &[255; 8]];
        for bytes in huge {
            let error = Frame::receive(&mut [bytes, &[255; 64]].concat().as_slice(), u64::MAX).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        }
    }

    #[test]
    fn headers_may_nest_deeply() {
        let mut deep = serde_json::Value::Null;
        for _ in 0..300 {
            deep = serde_json::Value::Array(vec![deep]);
        }
        let frame: Frame = Frame::new(&deep, Vec::new()).unwrap();
        assert_eq!(frame.header::<serde_json::Value>().unwrap(), deep);
    }
}
