//! TLS to the upstream while recording; the only module that knows rustls.

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::net::TcpStream;

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Sends a request over TLS, with the certificates that the operating system trusts.
#[cfg(feature = "tls")]
pub(super) async fn send(
    stream: TcpStream,
    host: &str,
    request: http::Request<Full<Bytes>>,
) -> Result<http::Response<Incoming>, Problem> {
    use std::sync::Arc;

    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned())?;
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}

/// Whether an https upstream can be reached at all.
pub(super) fn check() -> Result<(), Problem> {
    if cfg!(feature = "tls") {
        return Ok(());
    }
    Err("it is https; to record it, enable the feature `tls` of checkagent".into())
}

/// Never gets there; see [`check`].
#[cfg(not(feature = "tls"))]
#[expect(clippy::unused_async, reason = "the same signature as with the feature")]
pub(super) async fn send(
    _stream: TcpStream,
    _host: &str,
    _request: http::Request<Full<Bytes>>,
) -> Result<http::Response<Incoming>, Problem> {
    Err("the feature `tls` is off".into())
}
