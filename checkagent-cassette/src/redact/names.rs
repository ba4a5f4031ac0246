//! Names of fields, parameters and headers that hold secrets, and of the headers worth keeping.

/// Names compared in lower case without `-`, `_` and `.`.
const SECRET: [&str; 33] = [
    "authorization",
    "proxyauthorization",
    "cookie",
    "setcookie",
    "apikey",
    "xapikey",
    "xgoogapikey",
    "ocpapimsubscriptionkey",
    "xauthtoken",
    "xaccesstoken",
    "xcsrftoken",
    "csrftoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "authtoken",
    "sessiontoken",
    "sessionid",
    "bearertoken",
    "clientsecret",
    "secret",
    "secretkey",
    "secretaccesskey",
    "accesskeyid",
    "password",
    "passwd",
    "passphrase",
    "privatekey",
    "signature",
    "sig",
    "xamzsignature",
    "xamzsecuritytoken",
    "xamzcredential",
];

const SECRET_ENDINGS: [&str; 8] =
    ["password", "passwd", "clientsecret", "apikey", "accesstoken", "authtoken", "privatekey", "secretkey"];

/// Whether a field, parameter or header of that name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    // Asked for every name of every message: this is the form of `plain`, without an allocation.
    let mut buffer = [0; 64];
    if name.len() > buffer.len() {
        return false;
    }
    // `_token` and `next_token` are page tokens; the bare word is a credential unless the project keeps it.
    if name.eq_ignore_ascii_case("token") {
        return true;
    }
    let mut length = 0;
    for byte in name.bytes().filter(|byte| !is_separator(*byte)) {
        buffer[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    let plain = &buffer[..length];
    SECRET.iter().any(|secret| secret.as_bytes() == plain)
        // The last letter tells most names apart from all endings.
        || (matches!(plain.last(), Some(b'd' | b't' | b'y' | b'n'))
            && SECRET_ENDINGS.iter().any(|ending| plain.ends_with(ending.as_bytes())))
}

/// The form in which names are compared.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| !u8::try_from(*c).is_ok_and(is_separator)).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'.' | b' ')
}

/// Request headers that are recorded: they say what was asked, and never who asked.
const REQUEST: [&str; 12] = [
    "accept",
    "content-type",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "prefer",
    "range",
    "x-http-method-override",
    "anthropic-version",
    "openai-beta",
    "x-amz-target",
];

/// Reply headers that are recorded: what a client acts on.
const REPLY: [&str; 22] = [
    "allow",
    "alert",
    "backoff",
    "content-encoding",
    "content-language",
    "content-range",
    "content-type",
    "deprecation",
    "etag",
    "last-modified",
    "link",
    "location",
    "next-page",
    "preference-applied",
    "retry-after",
    "retry-after-ms",
    "sunset",
    "total-objects",
    "total-records",
    "x-total",
    "x-total-count",
    "mcp-session-id",
];

const REPLY_PATTERNS: [&str; 5] = ["ratelimit", "rate-limit", "-page", "-count", "-cursor"];

/// Whether the recorder keeps a request header of that lower-case name.
#[must_use]
pub fn keeps_request_header(name: &str) -> bool {
    REQUEST.contains(&name) || is_idempotency_header(name)
}

/// Whether the recorder keeps a reply header of that lower-case name.
#[must_use]
pub fn keeps_reply_header(name: &str) -> bool {
    (REPLY.contains(&name) || REPLY_PATTERNS.iter().any(|pattern| name.contains(pattern))) && !is_secret(name)
}

/// Whether a request header of that lower-case name carries a key under which the service does a write only once.
///
/// Any name that says so: `Idempotency-Key` (IETF draft; Stripe, Adyen, Square, Zalando), `X-Idempotency-Key`,
/// `Idempotence-Key` (`YooKassa`), `X-Refund-Idempotency` (Razorpay), `I-Twilio-Idempotency-Token`. By other names:
/// `PayPal-Request-Id`, `X-Amz-Client-Token`, `Repeatability-Request-ID` (OASIS, Azure). `X-Request-Id` and
/// `X-Ms-Client-Request-Id` are none: they are for logs. `Idempotent-Replayed` stands in replies.
#[must_use]
pub fn is_idempotency_header(name: &str) -> bool {
    name.contains("idempotency")
        || name.contains("idempotence")
        || matches!(name, "paypal-request-id" | "x-amz-client-token" | "repeatability-request-id")
}

/// Whether a member of a request, or a parameter of its query, carries such a key.
///
/// `idempotency_key` (Square, Plaid), `idempotency_id` (Finix), `idempotencyToken` (AWS), `ClientToken` and
/// `ClientRequestToken` (AWS), `unique_token` (Shopify). `clientMutationId` (Relay) is none: it tells replies apart.
#[must_use]
pub fn is_idempotency_field(name: &str) -> bool {
    matches!(
        plain(name).as_str(),
        "idempotencykey" | "idempotencyid" | "idempotencytoken" | "clienttoken" | "clientrequesttoken" | "uniquetoken"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_tokens_are_no_secrets() {
        for name in ["next_page_token", "NextToken", "_token", "pageToken", "cursor", "max_tokens", "author"] {
            assert!(!is_secret(name), "{name}");
        }
        for name in ["X-Api-Key", "api_key", "db_password", "access-token", "Set-Cookie", "token"] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn headers_that_make_a_write_happen_once_are_known() {
        for name in [
            "idempotency-key",
            "x-idempotency-key",
            "idempotence-key",
            "x-refund-idempotency",
            "i-twilio-idempotency-token",
            "paypal-request-id",
            "x-amz-client-token",
            "repeatability-request-id",
        ] {
            assert!(is_idempotency_header(name) && keeps_request_header(name), "{name}");
        }
        for name in ["x-request-id", "x-ms-client-request-id", "idempotent-replayed", "request-id", "x-amz-date"] {
            assert!(!is_idempotency_header(name), "{name}");
        }
    }

    #[test]
    fn members_that_make_a_write_happen_once_are_known() {
        for name in [
            "idempotency_key",
            "idempotencyKey",
            "idempotency_id",
            "idempotencyToken",
            "ClientToken",
            "client-token",
            "ClientRequestToken",
            "unique_token",
        ] {
            assert!(is_idempotency_field(name), "{name}");
        }
        for name in ["clientMutationId", "token", "client", "request_id", "idempotent", "page_token"] {
            assert!(!is_idempotency_field(name), "{name}");
        }
    }
}
