//! A body from the store that fails when nothing more of it comes: a download must not wait for ever.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::blobs::error::S3Fault;

pub(super) struct Stalling {
    body: reqwest::Body,
    limit: Duration,
    /// Runs while the next piece is waited for.
    timer: Pin<Box<Sleep>>,
    waiting: bool,
}

impl Stalling {
    pub(super) fn new(body: reqwest::Body, limit: Duration) -> Self {
        Self { body, limit, timer: Box::pin(tokio::time::sleep(limit)), waiting: false }
    }
}

impl Body for Stalling {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.waiting = false;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if !self.waiting {
            self.waiting = true;
            let end = Instant::now() + self.limit;
            self.timer.as_mut().reset(end);
        }
        ready!(self.timer.as_mut().poll(cx));
        let limit_ms = u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX);
        tracing::warn!(limit_ms, "the S3 store stopped in the middle of a file");
        Poll::Ready(Some(Err(S3Fault::TimedOut { limit_ms }.into())))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
