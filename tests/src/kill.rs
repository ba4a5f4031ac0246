//! Killing an agent's process at a chosen moment.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::upstream::Upstream;

/// What an agent logged: its process, and the replies that it had completely (method and target).
#[derive(Debug, Default)]
pub struct Log {
    /// The process id.
    pub pid: Option<u32>,
    /// The requests whose replies were complete, in order.
    pub replies: Vec<String>,
}

impl Log {
    /// Reads the file behind `SAMPLE_LOG`, as far as it is written.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let mut log = Self::default();
        for line in text.lines() {
            match line.split_once(' ') {
                Some(("pid", number)) => log.pid = number.parse().ok(),
                _ => log.replies.push(line.rsplit_once(' ').map_or(line, |(request, _status)| request).to_owned()),
            }
        }
        log
    }
}

/// Waits until so many requests have arrived, and some time longer; then kills the process that runs the agent. Killing
/// cargo instead would leave it running.
///
/// # Panics
///
/// If the agent never begins.
pub fn kill(log: &Path, upstream: &Upstream, requests: usize, after: Duration) {
    let started = Instant::now();
    while upstream.asked() < requests {
        assert!(started.elapsed() < Duration::from_secs(300), "the agent does not ask");
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(after);
    let pid = Log::read(log).pid.expect("the agent has logged its process id");
    // It may have come to its end just now.
    let _ = Command::new("kill").args(["-9", &pid.to_string()]).output();
}
