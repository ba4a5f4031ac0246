//! The HTTP seam: a server on loopback, and the same exchange without a socket.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use checkagent_cassette::origin::path_of;
use checkagent_cassette::{Body, HttpReply, HttpRequest, Reply, Request, SharedStr};

use super::body::ScriptedBody;
use crate::mutation::error_reply;
use crate::sync::lock;
use crate::world::{Reaction, Session, SetupError, World};

/// A request body may be so large: an agent that uploads more is not tested by replaying it.
const LARGEST_REQUEST: usize = 64 << 20;

/// Starts the server of a channel inside the current runtime, which ends it.
fn serve(world: World, channel: &str) -> std::io::Result<SocketAddr> {
    let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let listener = TcpListener::from_std(listener)?;
    tokio::spawn(accept(listener, world, channel.to_owned()));
    Ok(address)
}

async fn accept(listener: TcpListener, world: World, channel: String) {
    while let Ok((stream, _)) = listener.accept().await {
        // Without it, Nagle's algorithm and delayed acknowledgements cost 40 ms a reply.
        let _ = stream.set_nodelay(true);
        let (world, channel) = (world.clone(), channel.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&world, &channel, request));
            // An error here is a connection that was closed on purpose, or by the agent.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    world: &World,
    channel: &str,
    request: http::Request<Incoming>,
) -> Result<http::Response<ScriptedBody>, std::io::Error> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_REQUEST).collect().await else {
        return Ok(response(&error_reply(413, "the request body is larger than 64 MiB, or was cut off", &[])));
    };
    let request = http::Request::from_parts(parts, body.to_bytes());
    match exchange(world, channel, request).await {
        Ok(response) => Ok(response),
        Err(Unanswered::Reset) => Err(std::io::ErrorKind::ConnectionReset.into()),
        Err(Unanswered::Never) => {
            let never: Infallible = std::future::pending().await;
            match never {}
        }
    }
}

/// Why there is no reply.
enum Unanswered {
    Reset,
    Never,
}

async fn exchange(
    world: &World,
    channel: &str,
    request: http::Request<Bytes>,
) -> Result<http::Response<ScriptedBody>, Unanswered> {
    if let Session::Record(recorder) = world.session() {
        return Ok(super::forward::forward(world, recorder, channel, request).await);
    }
    let reaction = match world.react(channel, Request::Http(to_request(&request))).await {
        Reaction::Ask(call) => super::live::ask(world, channel, call, &request).await,
        reaction => reaction,
    };
    match reaction {
        Reaction::Reply(Reply::Http(reply), _) => Ok(response(&reply)),
        // A call's reply on an HTTP channel would be a cassette that contradicts itself.
        Reaction::Reply(Reply::Call(_), _) => Ok(response(&error_reply(500, "no http reply was recorded here", &[]))),
        Reaction::Reset => Err(Unanswered::Reset),
        Reaction::Stall | Reaction::End | Reaction::Ask(_) => Err(Unanswered::Never),
    }
}

impl World {
    /// The base URL of an HTTP channel: a server on loopback, inside the case's own runtime and virtual time.
    ///
    /// The path of the declared upstream is part of it: for `upstream(records = "https://api.example.com/v1")` the base
    /// is `http://127.0.0.1:PORT/v1`. Asking twice gives the same URL.
    ///
    /// # Panics
    ///
    /// If the channel is neither in the cassette nor declared as an upstream, or outside the test's runtime.
    #[must_use]
    pub fn http(&self, channel: &str) -> String {
        let refuse = |problem: String| -> ! { std::panic::panic_any(SetupError(problem)) };
        let mut bases = lock(self.bases());
        // All channels at once: a reply of one may lead to another.
        if bases.is_empty() {
            for (name, upstream) in self.upstreams() {
                let address = serve(self.clone(), &name).unwrap_or_else(|error| refuse(format!("no server: {error}")));
                bases.insert(name, format!("http://{address}{}", path_of(&upstream)));
            }
        }
        bases.get(channel).cloned().unwrap_or_else(|| {
            let known: Vec<_> = bases.keys().map(String::as_str).collect();
            refuse(format!(
                "there is no http channel `{channel}`; there are: {}. Use one of these, or declare \
                 `upstream({channel} = \"https://...\")` and record again",
                known.join(", ")
            ))
        })
    }

    /// Exchanges one request without a socket, for clients that can be given a transport of their own (a
    /// `tower::Service`, a middleware).
    ///
    /// # Errors
    ///
    /// [`std::io::ErrorKind::ConnectionReset`] when the case closes the connection.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(world: checkagent::World) -> std::io::Result<()> {
    /// let request = http::Request::get("/v1/records").body(bytes::Bytes::new()).unwrap();
    /// let reply = world.exchange("records", request).await?;
    /// assert_eq!(reply.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn exchange(
        &self,
        channel: &str,
        request: http::Request<Bytes>,
    ) -> std::io::Result<http::Response<ScriptedBody>> {
        match exchange(self, channel, request).await {
            Ok(response) => Ok(response),
            Err(Unanswered::Reset) => Err(std::io::ErrorKind::ConnectionReset.into()),
            Err(Unanswered::Never) => std::future::pending().await,
        }
    }
}

pub(super) fn to_request(request: &http::Request<Bytes>) -> HttpRequest {
    let target = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    HttpRequest {
        method: request.method().as_str().into(),
        target: target.into(),
        headers: to_headers(request.headers()),
        body: Body::from_bytes(request.body()),
    }
}

pub(super) fn to_headers(headers: &http::HeaderMap) -> Vec<(SharedStr, SharedStr)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().into(), text(value).into())).collect()
}

pub(super) fn response(reply: &HttpReply) -> http::Response<ScriptedBody> {
    let mut response = http::Response::new(ScriptedBody::of(&reply.content, reply.ending));
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or(http::StatusCode::BAD_GATEWAY);
    for (name, value) in &reply.headers {
        // The server writes the length of what it really sends.
        if matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection") {
            continue;
        }
        if let (Ok(name), Ok(value)) =
            (http::HeaderName::from_bytes(name.as_bytes()), http::HeaderValue::from_str(value))
        {
            response.headers_mut().append(name, value);
        }
    }
    response
}
