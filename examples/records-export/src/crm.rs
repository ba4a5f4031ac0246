//! What both agents have to know of the CRM: addresses, login, page size.

use std::time::Duration;

/// The records of the collection that is exported, below the base URL.
pub const CUSTOMERS: &str = "/buckets/crm/collections/customers/records";

/// The records of the collection that takes the summaries, below the base URL.
pub const SUMMARIES: &str = "/buckets/crm/collections/summaries/records";

/// The endpoint that takes several requests in one, below the base URL.
pub const BATCH: &str = "/batch";

/// Customers asked for at a time.
pub const PAGE_SIZE: usize = 5;

/// How long either agent waits for one reply.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// The user of the demo server.
pub const USER: &str = "demo";

/// The password of the demo server; a recording must not show it.
pub const PASSWORD: &str = "correct-horse-battery";
