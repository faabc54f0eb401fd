//! A web server for tests: says what the test wants said, and keeps what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::hexadecimal;

/// What it was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// How many came before.
    pub(crate) number: usize,
    /// The first line's second word.
    pub(crate) path: String,
    /// Where the range starts.
    pub(crate) start: Option<usize>,
    pub(crate) if_range: Option<String>,
}

/// What it says, after which it hangs up, at once or later.
pub(crate) struct Reply {
    bytes: Vec<u8>,
    silence: Duration,
}

pub(crate) struct Server {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read(&stream, kept.lock().unwrap().len()) else {
                    continue;
                };
                kept.lock().unwrap().push(request.clone());
                let answer = Arc::clone(&answer);
                // One that keeps silent must not keep the next from being heard.
                thread::spawn(move || {
                    let reply = answer(&request);
                    // A client may hang up in the middle: its test says what should come of it.
                    let _ = stream.write_all(&reply.bytes);
                    thread::sleep(reply.silence);
                });
            }
        });
        Server { address, asked }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn starts(&self) -> Vec<Option<usize>> {
        self.asked().iter().map(|request| request.start).collect()
    }
}

/// Reads a request's head.
fn read(stream: &TcpStream, number: usize) -> Option<Request> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let path = head.first()?.split_whitespace().nth(1)?.to_owned();
    let headers: BTreeMap<String, &str> = head
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    let start = headers
        .get("range")
        .map(|range| range.strip_prefix("bytes=").unwrap().strip_suffix('-'));
    Some(Request {
        number,
        path,
        start: start.map(|start| start.unwrap().parse().unwrap()),
        if_range: headers.get("if-range").map(|&value| value.to_owned()),
    })
}

impl Reply {
    /// More than anybody wants, without a word on how much.
    pub(crate) fn endless() -> Reply {
        let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
        Reply {
            bytes: [head, vec![0; 2_000_000]].concat(),
            silence: Duration::ZERO,
        }
    }

    pub(crate) fn nothing() -> Reply {
        Reply {
            bytes: Vec::new(),
            silence: Duration::ZERO,
        }
    }

    /// Says it, then nothing more for a while.
    pub(crate) fn then_silence(mut self) -> Reply {
        self.silence = Duration::from_secs(5);
        self
    }
}

/// `headers` end with `\r\n` each.
pub(crate) fn reply(status: &str, headers: &str, announced: usize, body: &[u8]) -> Reply {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {announced}\r\nConnection: close\r\n\r\n"
    );
    Reply {
        bytes: [head.as_bytes(), body].concat(),
        silence: Duration::ZERO,
    }
}

/// What a proper server sends of `body` from `start` on, broken off after `most` bytes.
pub(crate) fn serve_of(body: &[u8], start: Option<usize>, headers: &str, most: usize) -> Reply {
    let rest = &body[start.unwrap_or(0)..];
    let sent = &rest[..most.min(rest.len())];
    match start {
        None => reply("200 OK", headers, rest.len(), sent),
        Some(start) => {
            let (last, all) = (body.len() - 1, body.len());
            let range = format!("{headers}Content-Range: bytes {start}-{last}/{all}\r\n");
            reply("206 Partial Content", &range, rest.len(), sent)
        }
    }
}

/// 300 000 bytes that do not repeat in step with any buffer.
pub(crate) fn body() -> Vec<u8> {
    (0..300_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

pub(crate) fn hash_of(bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(bytes);
    hexadecimal(hasher)
}
