//! Gateways in front of a service: they know nothing of its format.

use super::parts::typed;
use super::shape::{Hint, Shape, ShapeKind};
use super::vendor::Vendor;

pub(super) const VENDOR: Vendor = Vendor::anywhere(SHAPES);

/// The page of nginx and of the load balancers that look like it; lines end in CR LF.
fn nginx(status: u16, title: &str) -> String {
    format!(
        "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n\
         <center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
}

const SHAPES: &[Shape] = &[
    Shape {
        id: "gateway.nginx.502",
        kind: ShapeKind::Gateway,
        hint: Hint::Untold,
        source: "nginx, ngx_http_special_response.c",
        reply: |_| typed(502, "text/html", &nginx(502, "Bad Gateway")),
    },
    Shape {
        id: "gateway.nginx.503",
        kind: ShapeKind::Gateway,
        hint: Hint::Untold,
        source: "nginx, ngx_http_special_response.c",
        reply: |_| typed(503, "text/html", &nginx(503, "Service Temporarily Unavailable")),
    },
    Shape {
        id: "gateway.nginx.504",
        kind: ShapeKind::Gateway,
        hint: Hint::Untold,
        source: "nginx, ngx_http_special_response.c",
        reply: |_| typed(504, "text/html", &nginx(504, "Gateway Time-out")),
    },
    Shape {
        id: "gateway.haproxy.503",
        kind: ShapeKind::Gateway,
        hint: Hint::Untold,
        source: "haproxy, examples/errorfiles/503.http",
        reply: |_| {
            let body = "<html><body><h1>503 Service Unavailable</h1>\n\
                        No server is available to handle this request.\n</body></html>\n";
            typed(503, "text/html", body)
        },
    },
    Shape {
        id: "gateway.envoy.503",
        kind: ShapeKind::Gateway,
        hint: Hint::Untold,
        source: "envoy, its integration tests, and istio/istio.io: plain text",
        reply: |_| {
            let body = "upstream connect error or disconnect/reset before headers. reset reason: connection failure";
            typed(503, "text/plain", body)
        },
    },
];
