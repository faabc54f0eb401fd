use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::Instant;

use super::*;

/// A server that answers each request by `answer`, given the request's number and where its Range
/// starts; it keeps the starts for the test to look at.
struct Server {
    address: String,
    starts: Arc<Mutex<Vec<Option<usize>>>>,
}

impl Server {
    fn start(answer: impl Fn(usize, Option<usize>) -> Vec<u8> + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let starts = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&starts);
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let start = requested(&stream);
                kept.lock().unwrap().push(start);
                // A client may hang up in the middle: its test says what should come of it.
                let _ = stream.write_all(&answer(number, start));
            }
        });
        Server { address, starts }
    }

    fn starts(&self) -> Vec<Option<usize>> {
        self.starts.lock().unwrap().clone()
    }
}

/// Reads a request's head.
fn requested(stream: &TcpStream) -> Option<usize> {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let range = head.iter().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("range: bytes=")
            .map(str::to_owned)
    });
    range?.strip_suffix('-')?.parse().ok()
}

fn reply(status: &str, headers: &str, announced: usize, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {announced}\r\nConnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// What a proper server sends from `start` on, broken off after `most` bytes.
fn serve(start: Option<usize>, most: usize) -> Vec<u8> {
    let body = body();
    let rest = &body[start.unwrap_or(0)..];
    let sent = &rest[..most.min(rest.len())];
    match start {
        None => reply("200 OK", "", rest.len(), sent),
        Some(start) => {
            let range = format!(
                "Content-Range: bytes {start}-{}/{}\r\n",
                body.len() - 1,
                body.len()
            );
            reply("206 Partial Content", &range, rest.len(), sent)
        }
    }
}

/// 300 000 bytes that do not repeat in step with any buffer.
fn body() -> Vec<u8> {
    (0..300_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}

fn hash_of(bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(bytes);
    hexadecimal(hasher)
}

const QUICK: Patience = Patience {
    failures: 3,
    pause: Duration::from_millis(1),
    silence: Duration::from_millis(500),
};

struct Bench {
    folder: tempfile::TempDir,
    server: Server,
    wheel: Wheel,
}

impl Bench {
    fn new(answer: impl Fn(usize, Option<usize>) -> Vec<u8> + Send + 'static) -> Bench {
        let server = Server::start(answer);
        let wheel = Wheel {
            package: "torch".into(),
            file: "torch-2.11.0.whl".into(),
            url: format!("http://{}/torch-2.11.0.whl", server.address),
            sha256: Some(hash_of(&body())),
        };
        Bench {
            folder: tempfile::tempdir().unwrap(),
            server,
            wheel,
        }
    }

    fn part(&self) -> PathBuf {
        self.folder.path().join("torch-2.11.0.whl.part")
    }

    fn fetch(&self) -> Result<(PathBuf, String)> {
        // Proxies of the environment are not for a server of our own.
        let client = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .timeout_per_read(Some(QUICK.silence))
            .build()
            .new_agent();
        fetch(&client, &self.wheel, self.folder.path(), &QUICK)
    }

    #[track_caller]
    fn check_whole(&self, starts: &[Option<usize>]) {
        let (path, hash) = self.fetch().unwrap();
        assert!(
            fs::read(&path).unwrap() == body(),
            "the file is not what was served"
        );
        assert_eq!(hash, hash_of(&body()));
        assert!(!self.part().exists());
        assert_eq!(self.server.starts(), starts);
    }

    #[track_caller]
    fn check_refused(&self, reasons: &[&str], requests: usize) {
        let error = format!("{:#}", self.fetch().unwrap_err());
        for reason in reasons {
            assert!(error.contains(reason), "{error}");
        }
        assert!(!self.folder.path().join(&self.wheel.file).exists());
        assert_eq!(self.server.starts().len(), requests, "{error}");
    }
}

#[test]
fn a_whole_file() {
    Bench::new(|_, start| serve(start, usize::MAX)).check_whole(&[None]);
}

#[test]
fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    let bench = Bench::new(|_, start| serve(start, 140_000));
    bench.check_whole(&[None, Some(140_000), Some(280_000)]);
}

#[test]
fn an_interrupted_run_is_taken_up() {
    let bench = Bench::new(|_, start| serve(start, usize::MAX));
    fs::write(bench.part(), &body()[..1_234]).unwrap();
    bench.check_whole(&[Some(1_234)]);
}

#[test]
fn a_run_interrupted_after_the_last_byte() {
    let size = body().len();
    let bench = Bench::new(move |_, _| {
        let range = format!("Content-Range: bytes */{size}\r\n");
        reply("416 Range Not Satisfiable", &range, 0, b"")
    });
    fs::write(bench.part(), body()).unwrap();
    bench.check_whole(&[Some(size)]);
}

#[test]
fn more_bytes_than_there_are_start_anew() {
    let bench = Bench::new(|number, start| match number {
        0 => reply(
            "416 Range Not Satisfiable",
            "Content-Range: bytes */300000\r\n",
            0,
            b"",
        ),
        _ => serve(start, usize::MAX),
    });
    fs::write(bench.part(), [body(), vec![0; 5]].concat()).unwrap();
    bench.check_whole(&[Some(300_005), None]);
}

#[test]
fn a_server_that_ignores_ranges() {
    let bench = Bench::new(|_, _| serve(None, usize::MAX));
    fs::write(bench.part(), &body()[..50_000]).unwrap();
    bench.check_whole(&[Some(50_000)]);
}

#[test]
fn a_server_that_sends_the_wrong_part() {
    let bench = Bench::new(|number, start| match number {
        0 => serve(Some(7), usize::MAX),
        _ => serve(start, usize::MAX),
    });
    fs::write(bench.part(), &body()[..50_000]).unwrap();
    bench.check_whole(&[Some(50_000), None]);
}

#[test]
fn pieces_that_do_not_fit_are_fetched_anew() {
    let bench = Bench::new(|_, start| serve(start, usize::MAX));
    fs::write(bench.part(), vec![1; 50_000]).unwrap();
    bench.check_whole(&[Some(50_000), None]);
}

#[test]
fn a_redirect_keeps_the_range() {
    let bench = Bench::new(|number, start| match number {
        0 => reply("302 Found", "Location: /elsewhere.whl\r\n", 0, b""),
        _ => serve(start, usize::MAX),
    });
    fs::write(bench.part(), &body()[..1_000]).unwrap();
    bench.check_whole(&[Some(1_000), Some(1_000)]);
}

#[test]
fn trouble_of_the_server_passes() {
    let bench = Bench::new(|number, start| match number {
        0 => reply("503 Service Unavailable", "", 0, b""),
        1 => reply("429 Too Many Requests", "", 0, b""),
        _ => serve(start, usize::MAX),
    });
    bench.check_whole(&[None, None, None]);
}

#[test]
fn trouble_that_stays_ends() {
    let bench = Bench::new(|_, _| reply("500 Internal Server Error", "", 0, b""));
    bench.check_refused(&["/torch-2.11.0.whl", "3 failures", "500", "again"], 3);
}

#[test]
fn what_is_not_there_is_asked_for_once() {
    let bench = Bench::new(|_, _| reply("404 Not Found", "", 0, b""));
    bench.check_refused(&["/torch-2.11.0.whl", "404", "LIBTORCH"], 1);
}

#[test]
fn a_length_that_promises_too_much() {
    let bench = Bench::new(|_, start| match start {
        None => reply("200 OK", "", 400_000, &body()),
        Some(start) => {
            let range = format!("Content-Range: bytes {start}-399999/400000\r\n");
            reply("206 Partial Content", &range, 400_000 - start, b"")
        }
    });
    bench.check_refused(&["3 failures", "300000 bytes are kept"], 3);
    assert_eq!(fs::metadata(bench.part()).unwrap().len(), 300_000);
}

#[test]
fn a_length_that_promises_too_little() {
    let bench = Bench::new(|_, _| reply("200 OK", "", 1_000, &body()));
    let expected = hash_of(&body());
    bench.check_refused(
        &["torch-2.11.0.whl", &expected, &hash_of(&body()[..1_000])],
        1,
    );
}

#[test]
fn a_wrong_file_names_both_hashes_and_goes() {
    let bench = Bench::new(|_, _| reply("200 OK", "", 5, b"wrong"));
    let (expected, found) = (hash_of(&body()), hash_of(b"wrong"));
    bench.check_refused(
        &["torch-2.11.0.whl", &expected, &found, "cargo xtask setup"],
        1,
    );
    assert!(!bench.part().exists());
}

#[test]
fn a_wrong_file_in_pieces_ends_too() {
    let wrong: Vec<u8> = vec![9; 1_000];
    let bench = Bench::new(move |_, start| match start {
        None => reply("200 OK", "", 1_000, &wrong[..400]),
        Some(start) => {
            let range = format!("Content-Range: bytes {start}-999/1000\r\n");
            reply(
                "206 Partial Content",
                &range,
                1_000 - start,
                &wrong[start..],
            )
        }
    });
    bench.check_refused(&["SHA-256"], 4);
}

#[test]
fn a_server_that_breaks_off_and_cannot_resume_ends() {
    let bench = Bench::new(|_, _| serve(None, 100_000));
    bench.check_refused(&["3 failures"], 3);
}

#[test]
fn a_server_that_falls_silent_is_left() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut bench = Bench::new(|_, start| serve(start, usize::MAX));
    bench.wheel.url = format!("http://{}/torch-2.11.0.whl", server.local_addr().unwrap());
    let began = Instant::now();
    let error = bench.fetch().unwrap_err().to_string();
    assert!(error.contains("3 failures"), "{error}");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn what_was_fetched_before_is_checked_again() {
    let bench = Bench::new(|_, start| serve(start, usize::MAX));
    let path = bench.folder.path().join(&bench.wheel.file);
    fs::write(&path, body()).unwrap();
    bench.check_whole(&[]);
    fs::write(&path, "spoiled").unwrap();
    bench.check_whole(&[None]);
}

#[test]
fn a_wheel_of_the_users_own_folder() {
    let mut bench = Bench::new(|_, _| Vec::new());
    let local = bench.folder.path().join("my wheel.whl");
    fs::write(&local, body()).unwrap();
    let address = local
        .to_string_lossy()
        .replace('\\', "/")
        .replace(' ', "%20");
    bench.wheel.url = format!("file:///{}", address.trim_start_matches('/'));
    bench.check_whole(&[]);

    fs::remove_file(bench.folder.path().join(&bench.wheel.file)).unwrap();
    fs::write(&local, "wrong").unwrap();
    bench.check_refused(&["SHA-256", &hash_of(b"wrong")], 0);
}
