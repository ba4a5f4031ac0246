//! A cargo command, and what came of it.

use std::ffi::OsStr;
use std::io::Read;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::outcome::Outcomes;
use crate::upstream::Upstream;

/// No command of a sample takes so long, the first build on a slow machine included.
const PATIENCE: Duration = Duration::from_secs(600);
/// Without anything to build, not even this long.
const SHORT: Duration = Duration::from_secs(20);

/// A cargo command that is being put together.
#[derive(Debug)]
pub struct Command {
    command: std::process::Command,
    patience: Duration,
}

impl Command {
    pub(crate) fn new(command: std::process::Command) -> Self {
        Self { command, patience: PATIENCE }
    }

    /// Fails soon if the command hangs. What it needs has to be built.
    #[must_use]
    pub fn soon(mut self) -> Self {
        self.patience = SHORT;
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Records, once, against this service.
    #[must_use]
    pub fn recording(self, upstream: &Upstream) -> Self {
        self.env("CHECKAGENT_RECORD", "once").upstream(upstream)
    }

    /// Names the real service.
    #[must_use]
    pub fn upstream(self, upstream: &Upstream) -> Self {
        self.env("CHECKAGENT_UPSTREAM_API", upstream.base())
    }

    /// Runs the command to its end.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or never ends.
    pub fn run(self) -> Run {
        self.run_while(|| ())
    }

    /// Runs the command, and something else meanwhile.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or never ends.
    pub fn run_while(mut self, meanwhile: impl FnOnce()) -> Run {
        let command = self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let shown = format!("{command:?}");
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{shown}: {error}"));
        let (stdout, stderr) = (read(child.stdout.take()), read(child.stderr.take()));
        meanwhile();
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break status;
            }
            if started.elapsed() > self.patience {
                end(&mut child);
                panic!("{shown} does not come to an end");
            }
            thread::sleep(Duration::from_millis(5));
        };
        let text = |reader: thread::JoinHandle<String>| reader.join().expect("output can be read");
        Run { status, stdout: text(stdout), stderr: text(stderr) }
    }
}

/// Ends a command with the programs that it has started: killing cargo alone would leave the test program behind.
fn end(child: &mut Child) {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        let _ = std::process::Command::new("kill").args(["-9", "--", &group]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn read(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// What came of a command.
#[derive(Debug)]
pub struct Run {
    /// How it ended.
    pub status: ExitStatus,
    /// What it said.
    pub stdout: String,
    /// What it complained of; cargo's and nextest's own lines too.
    pub stderr: String,
}

impl Run {
    /// Everything that was said.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// The outcome of each trial.
    #[must_use]
    pub fn outcomes(&self) -> Outcomes {
        Outcomes::read(&self.text())
    }

    /// Asserts that the command succeeded.
    ///
    /// # Panics
    ///
    /// If it did not.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "the assertion is the point")]
    pub fn succeeds(self) -> Self {
        assert!(self.status.success(), "failed:\n{}", self.text());
        self
    }

    /// Asserts that the command failed.
    ///
    /// # Panics
    ///
    /// If it did not.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "the assertion is the point")]
    pub fn fails(self) -> Self {
        assert!(!self.status.success(), "did not fail:\n{}", self.text());
        self
    }

    /// Asserts that all of these words were said.
    ///
    /// # Panics
    ///
    /// If one was not.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "the assertion is the point")]
    pub fn says(self, words: &[&str]) -> Self {
        let text = self.text();
        for word in words {
            assert!(text.contains(word), "`{word}` was not said:\n{text}");
        }
        self
    }

    /// Asserts that none of these words was said.
    ///
    /// # Panics
    ///
    /// If one was.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "the assertion is the point")]
    pub fn never_says(self, words: &[&str]) -> Self {
        let text = self.text();
        for word in words {
            assert!(!text.contains(word), "`{word}` was said:\n{text}");
        }
        self
    }
}
