//! Serves the replies of `checkagent::mutation::shape`, and what `checkagent::cassette::model` composes, on loopback, for
//! the official clients of the vendors.
//!
//! * `/{shape}/...` is always refused in that shape, with a wait of one second, or with the rest of the day.
//! * `/until/{milliseconds}/{label}/{shape}/...` is refused until so much time has passed since it was first asked for,
//!   and answered with `{}` from then on.
//! * `/says/{saying}/{bend}/...` is what a model says, in the wire that the rest of the path and the body ask for, and
//!   streamed if they ask for a stream, frame by frame. A bend is `unbent`, or an operator with its variant, as a case
//!   names it without its number: `empty_reply`, `model_stream_cut:in_text`.
//! * `/sayings` is what can be said: `tests/clients/sayings.json`.
//! * `/count/...` is how many requests have come below that path.
//!
//! The first line that it prints is its base URL. `scripts/clients` starts it and ends it.

mod played;
mod said;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use checkagent::cassette::{Body, HttpRequest};
use checkagent::mutation::shape::{Moment, Shape, ShapeKind, shapes};
use http_body_util::{BodyExt, Collected};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use played::{Played, plain, response};

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";
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
    Say { saying: String, bend: String },
    Sayings,
    Unknown,
}

fn read(path: &str) -> Ask {
    let segments: Vec<_> = path.trim_start_matches('/').split('/').collect();
    let known = |id: &str| shapes().find(|shape| shape.id() == id);
    match segments.as_slice() {
        ["sayings"] => Ask::Sayings,
        ["says", saying, bend, ..] => Ask::Say { saying: (*saying).to_owned(), bend: (*bend).to_owned() },
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
    fn answer(&mut self, request: HttpRequest) -> Response<Played> {
        self.requests += 1;
        let unknown = format!("nothing is served at {}", request.target);
        let (shape, wait, place, lasting) = match read(request.path()) {
            Ask::Count(place) => {
                let count = self.counts.get(&place).copied().unwrap_or_default();
                return plain(200, TEXT, count.to_string());
            }
            Ask::Sayings => return plain(200, JSON, said::SAYINGS.to_owned()),
            Ask::Say { saying, bend } => {
                *self.counts.entry(format!("says/{saying}/{bend}")).or_default() += 1;
                let reply = said::reply(request, &saying, &bend);
                return reply.map_or_else(|| plain(404, TEXT, unknown), |reply| response(&reply));
            }
            Ask::Unknown => return plain(404, TEXT, unknown),
            Ask::Refuse { shape, wait, place, lasting } => (shape, wait, place, lasting),
        };
        *self.counts.entry(place.clone()).or_default() += 1;
        let passed = self.since.entry(place).or_insert_with(Instant::now).elapsed();
        if !lasting && passed >= wait {
            return plain(200, JSON, "{}".to_owned());
        }
        let left = if lasting { wait } else { wait.saturating_sub(passed) };
        response(&shape.reply(&Moment { number: self.requests, ..Moment::with_wait(left) }))
    }
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
        // A frame leaves when it is written.
        stream.set_nodelay(true)?;
        let asked = Arc::clone(&asked);
        let service = service_fn(move |request: Request<Incoming>| {
            let asked = Arc::clone(&asked);
            async move {
                let (method, target) = (request.method().as_str().into(), request.uri().to_string().into());
                // Read to the end: some clients do not look at a reply before they have sent everything.
                let body = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
                let request = HttpRequest { method, target, body: Body::from_bytes(&body), ..HttpRequest::default() };
                let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
                Ok::<_, Infallible>(asked.answer(request))
            }
        });
        tokio::spawn(async move {
            // An error here is a client that went away.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
