//! Secrets out, before anything is written; and the same function for the matching key.
//!
//! Three nets, each finding what the others miss: **names** (headers, query parameters, JSON members), **forms** (keys
//! of known vendors, `Bearer ...`, user info in URLs, private keys), and **learning** (a value seen in a secret place
//! is taken out wherever it is echoed, also as part of a base64 text of Basic authentication).

mod names;
mod patterns;
mod redaction;
mod redactor;
mod secrets;

pub use names::{is_idempotency_field, is_idempotency_header, keeps_reply_header, keeps_request_header};
pub use redaction::Redaction;
pub use redactor::Redactor;

/// What stands where a secret was.
pub const PLACEHOLDER: &str = "[redacted]";

/// `user:password` as a header of Basic authentication has it (RFC 7617).
#[must_use]
pub fn basic_credentials(user_info: &str) -> String {
    use base64::Engine;
    let plain = percent_encoding::percent_decode_str(user_info).collect::<Vec<u8>>();
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(plain))
}
