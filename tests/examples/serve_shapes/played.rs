//! A recorded reply as it goes over the wire: in one piece, or frame by frame.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use checkagent::cassette::{Content, Ending, HttpReply};
use http_body_util::{Either, Full};
use hyper::Response;
use hyper::body::{Body, Frame};

/// The body of a response.
pub(super) type Played = Either<Full<Bytes>, Frames>;

/// The frames of a stream, one chunk each, and its end.
#[derive(Debug)]
pub(super) struct Frames {
    left: VecDeque<Bytes>,
    ending: Ending,
    /// Whether the last frame has left: the next one waits until then, so that none are sent together.
    sent: bool,
}

impl Body for Frames {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.sent {
            self.sent = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match (self.left.pop_front(), self.ending) {
            (Some(data), _) => {
                self.sent = false;
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            (None, Ending::Complete | Ending::CleanEof) => Poll::Ready(None),
            (None, Ending::Reset) => Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into()))),
            (None, Ending::Stall) => Poll::Pending,
        }
    }
}

/// The response that a reply is.
pub(super) fn response(reply: &HttpReply) -> Response<Played> {
    let body = match &reply.content {
        Content::Whole(body) => whole(body.to_bytes().into_owned()),
        Content::Frames(frames) => {
            let left = frames.iter().map(|frame| Bytes::from(frame.data.to_bytes().into_owned())).collect();
            Either::Right(Frames { left, ending: reply.ending, sent: true })
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    for (name, value) in &reply.headers {
        let header = (http::HeaderName::from_bytes(name.as_bytes()), http::HeaderValue::from_str(value));
        if let (Ok(name), Ok(value)) = header {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A response of our own.
pub(super) fn plain(status: u16, media: &'static str, text: String) -> Response<Played> {
    let mut response = Response::new(whole(text.into()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert("content-type", http::HeaderValue::from_static(media));
    response
}

fn whole(bytes: Vec<u8>) -> Played {
    Either::Left(Full::new(Bytes::from(bytes)))
}
