//! The real service that the sample agents are recorded against: a small HTTP server on a thread of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::upstream::service::{Message, answer};

mod planner;
mod service;

/// A service on loopback. It ends when it is dropped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    answered: Mutex<Vec<String>>,
    connections: AtomicUsize,
    asked: AtomicUsize,
    delay_ms: AtomicU64,
    outage: AtomicU16,
    closed: AtomicBool,
    own_name: Mutex<Option<String>>,
    word: Mutex<Option<String>>,
}

impl Upstream {
    /// Starts the service.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if of_thread.closed.load(Ordering::SeqCst) {
                    break;
                }
                of_thread.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&of_thread);
                thread::spawn(move || stream.map(|stream| serve(stream, &shared)));
            }
        });
        Self { address, shared }
    }

    /// Every reply takes so long.
    #[must_use]
    pub fn slow(self, delay: Duration) -> Self {
        let delay = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.shared.delay_ms.store(delay, Ordering::SeqCst);
        self
    }

    /// From now on every reply is this error; 0 ends it.
    pub fn fail_with(&self, status: u16) {
        self.shared.outage.store(status, Ordering::SeqCst);
    }

    /// From now on the model begins its answer with these words.
    pub fn says(&self, word: &str) {
        *lock(&self.shared.word) = Some(word.to_owned());
    }

    /// From now on the links in its replies lead to its canonical address, whatever name it was asked by; returns a base
    /// URL with another name for the same service.
    #[must_use]
    pub fn known_by_another_name(&self) -> String {
        *lock(&self.shared.own_name) = Some(self.address.to_string());
        format!("http://localhost:{}/v1", self.address.port())
    }

    /// The base URL.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The base URL with a login.
    #[must_use]
    pub fn base_of(&self, user_info: &str) -> String {
        format!("http://{user_info}@{}/v1", self.address)
    }

    /// The requests whose replies were written completely: method, target and body.
    #[must_use]
    pub fn answered(&self) -> Vec<String> {
        lock(&self.shared.answered).clone()
    }

    /// How many requests have arrived.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// How many connections were opened.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One request a connection. A client that goes away in the middle is none of its business.
fn serve(mut stream: TcpStream, shared: &Shared) {
    let Some(request) = receive(&stream) else { return };
    shared.asked.fetch_add(1, Ordering::SeqCst);
    thread::sleep(Duration::from_millis(shared.delay_ms.load(Ordering::SeqCst)));
    let outage = shared.outage.load(Ordering::SeqCst);
    let (status, headers, body) = match outage {
        0 if request.target.ends_with("/chat/completions") => {
            let word = lock(&shared.word).clone();
            (200, String::new(), planner::answer(&request.body, word.as_deref().unwrap_or("It is")))
        }
        0 => {
            let own = lock(&shared.own_name);
            answer(&request, own.as_deref().unwrap_or_else(|| request.header("host")))
        }
        status => (status, String::new(), "{\"error\":\"no service today\"}".to_owned()),
    };
    let media = if body.starts_with("data: ") { "text/event-stream" } else { "application/json" };
    let reply = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {media}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    );
    if stream.write_all(reply.as_bytes()).and_then(|()| stream.flush()).is_ok() {
        let line = format!("{} {} {}", request.method, request.target, request.body).trim_end().to_owned();
        lock(&shared.answered).push(line);
    }
}

fn receive(stream: &TcpStream) -> Option<Message> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Message { method, target, headers, body: String::new() };
    let length = request.header("content-length").parse().unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).ok()?;
    Some(request)
}
