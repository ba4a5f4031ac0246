//! Requests to the real services behind the channels.

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use checkagent_cassette::origin::{origin_of, user_info};
use checkagent_cassette::redact::basic_credentials;
use checkagent_cassette::{Body, HttpRequest};

pub(super) type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Pieces of a stream are text where they can be, never JSON documents of their own.
pub(super) fn stream_body(data: &Bytes) -> Body {
    match std::str::from_utf8(data) {
        Ok(text) => Body::Text(text.into()),
        Err(_) => Body::Bytes(data.to_vec()),
    }
}

/// Sends a request, with the agent's own headers, to the real service.
pub(super) async fn send(
    base: &str,
    out: &HttpRequest,
    headers: &http::HeaderMap,
) -> Result<http::Response<Incoming>, Problem> {
    let origin = origin_of(base).ok_or("its URL has no origin")?;
    let uri: http::Uri = origin.parse()?;
    let host = uri.authority().ok_or("its URL has no host")?.to_string();
    let mut request = http::Request::builder().method(out.method.as_str()).uri(out.target.as_str());
    for (name, value) in headers {
        let here_only =
            ["host", "connection", "accept-encoding", "content-length", "transfer-encoding", "te", "upgrade"];
        if !here_only.contains(&name.as_str()) {
            request = request.header(name, value);
        }
    }
    if let (Some(user), false) = (user_info(base), headers.contains_key("authorization")) {
        request = request.header("authorization", basic_credentials(user));
    }
    // Encoded bodies could be neither reviewed nor bent.
    let request = request.header("host", host).header("accept-encoding", "identity");
    let request = request.body(Full::new(Bytes::from(out.body.to_bytes().into_owned())))?;
    let https = uri.scheme_str() == Some("https");
    if https {
        crate::seam::tls::check()?;
    }
    let port = uri.port_u16().unwrap_or(if https { 443 } else { 80 });
    let name = uri.host().ok_or("its URL has no host")?.trim_matches(['[', ']']);
    let stream = TcpStream::connect((name, port)).await?;
    stream.set_nodelay(true)?;
    if https {
        return crate::seam::tls::send(stream, name, request).await;
    }
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}
