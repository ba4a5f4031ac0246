//! Serves the replies of `checkagent::mutation::shape` on loopback, for the official clients of the vendors.
//!
//! * `/{shape}/...` is always refused in that shape, with a wait of one second, or with the rest of the day.
//! * `/until/{milliseconds}/{label}/{shape}/...` is refused until so much time has passed since it was first asked for,
//!   and answered with `{}` from then on.
//! * `/count/...` is how many requests have come below that path.
//!
//! The first line that it prints is its base URL. `scripts/clients` starts it and ends it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use checkagent::cassette::HttpReply;
use checkagent::mutation::shape::{Moment, Shape, ShapeKind, shapes};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

const USUAL_WAIT: Duration = Duration::from_secs(1);

/// What has been asked for so far.
#[derive(Debug, Default)]
struct Asked {
    requests: u64,
    counts: HashMap<String, u64>,
    since: HashMap<String, Instant>,
}

/// What a path means.
enum Ask {
    Count(String),
    Refuse { shape: Shape, wait: Duration, place: String, lasting: bool },
    Unknown,
}

fn read(path: &str) -> Ask {
    let segments: Vec<_> = path.trim_start_matches('/').split('/').collect();
    let known = |id: &str| shapes().find(|shape| shape.id() == id);
    match segments.as_slice() {
        ["count", rest @ ..] => Ask::Count(rest.join("/")),
        ["until", millis, label, id, ..] => match (millis.parse(), known(id)) {
            (Ok(millis), Some(shape)) => {
                let place = format!("until/{millis}/{label}/{id}");
                Ask::Refuse { shape, wait: Duration::from_millis(millis), place, lasting: false }
            }
            _ => Ask::Unknown,
        },
        [id, ..] => known(id).map_or(Ask::Unknown, |shape| {
            let wait = if shape.kind() == ShapeKind::Quota { Duration::ZERO } else { USUAL_WAIT };
            Ask::Refuse { shape, wait, place: (*id).to_owned(), lasting: true }
        }),
        [] => Ask::Unknown,
    }
}

impl Asked {
    fn answer(&mut self, path: &str) -> Response<Full<Bytes>> {
        self.requests += 1;
        let (shape, wait, place, lasting) = match read(path) {
            Ask::Count(place) => return plain(200, self.counts.get(&place).copied().unwrap_or_default().to_string()),
            Ask::Unknown => return plain(404, format!("no such shape: {path}")),
            Ask::Refuse { shape, wait, place, lasting } => (shape, wait, place, lasting),
        };
        *self.counts.entry(place.clone()).or_default() += 1;
        let passed = self.since.entry(place).or_insert_with(Instant::now).elapsed();
        if !lasting && passed >= wait {
            let mut response = plain(200, "{}".to_owned());
            response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
            return response;
        }
        let left = if lasting { wait } else { wait.saturating_sub(passed) };
        written(&shape.reply(&Moment { number: self.requests, ..Moment::with_wait(left) }))
    }
}

fn plain(status: u16, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response
}

fn written(reply: &HttpReply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body().to_bytes().into_owned())));
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    for (name, value) in &reply.headers {
        let header = (http::HeaderName::from_bytes(name.as_bytes()), http::HeaderValue::from_str(value));
        if let (Ok(name), Ok(value)) = header {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn main() -> std::io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(serve())
}

async fn serve() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    #[expect(clippy::print_stdout, reason = "the script reads the address")]
    {
        println!("http://{}", listener.local_addr()?);
    }
    let asked = Arc::new(Mutex::new(Asked::default()));
    loop {
        let (stream, _) = listener.accept().await?;
        let asked = Arc::clone(&asked);
        let service = service_fn(move |request: Request<Incoming>| {
            let asked = Arc::clone(&asked);
            async move {
                let path = request.uri().path().to_owned();
                // Read to the end: some clients do not look at a reply before they have sent everything.
                let _ = request.into_body().collect().await;
                let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
                Ok::<_, Infallible>(asked.answer(&path))
            }
        });
        tokio::spawn(async move {
            // An error here is a client that went away.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
