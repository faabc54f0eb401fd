//! `cargo xtask fetch` itself, beside a server of the test's own: Ctrl-C, terms without a terminal, exit codes.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader, Cursor, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A workspace that knows one data set, which lies on a server that says how each request starts.
struct Place {
    folder: tempfile::TempDir,
    zip: Vec<u8>,
    asked: Receiver<Option<usize>>,
}

impl Place {
    /// Of the first answer only half is sent, then nothing for a long time.
    fn new() -> Place {
        let zip = zip();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, asked) = mpsc::channel();
        let sent = zip.clone();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let start = head.iter().find_map(|line| {
                    let line = line.to_lowercase();
                    line.strip_prefix("range: bytes=")?
                        .strip_suffix('-')?
                        .parse()
                        .ok()
                });
                let all = sent.len();
                let rest = &sent[start.unwrap_or(0)..];
                let status = start.map_or_else(
                    || "200 OK".to_owned(),
                    |start| {
                        format!(
                            "206 Partial Content\r\nContent-Range: bytes {start}-{}/{all}",
                            all - 1
                        )
                    },
                );
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: \"1\"\r\n\r\n",
                    rest.len()
                );
                let most = if number == 0 { all / 2 } else { all };
                // The program may have ended: its test says what should come of it.
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(&rest[..most.min(rest.len())]);
                sender.send(start).unwrap();
                if number == 0 {
                    thread::spawn(move || {
                        thread::sleep(Duration::from_secs(60));
                        drop(stream);
                    });
                }
            }
        });
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("data/manifests")).unwrap();
        let manifest = format!(
            "title = 'Recordings'\nhome = 'https://recordings.invalid'\ncite = 'Somebody'\nterms = 'Be kind.'\n[archive]\n\
             url = 'http://{address}/recordings.zip'\nfile = 'recordings.zip'\nlargest = 1000000\nlargest_unpacked = 1000000\n"
        );
        fs::write(
            folder.path().join("data/manifests/recordings.toml"),
            manifest,
        )
        .unwrap();
        Place { folder, zip, asked }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["fetch", "recordings"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .env("PATHEMA_TEST_LOOPBACK", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        told(&self.start(arguments).wait_with_output().unwrap())
    }
}

fn told(output: &Output) -> (Option<i32>, String) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), text)
}

/// One member of bytes that do not shrink.
fn zip() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("SET/a.csv", stored).unwrap();
    let bytes: Vec<u8> = (0..400_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    writer.write_all(&bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn ctrl_c_keeps_what_came_and_the_next_run_goes_on() {
    let place = Place::new();
    let child = place.start(&["--accept-terms"]);
    assert_eq!(
        place.asked.recv_timeout(Duration::from_secs(30)).unwrap(),
        None
    );
    let part = place.path("data/.recordings.part/recordings.zip.part");
    let half = place.zip.len() / 2;
    let began = Instant::now();
    while fs::metadata(&part).map_or(0, |file| file.len()) < half as u64 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "the first half does not come"
        );
        thread::sleep(Duration::from_millis(10));
    }
    let began = Instant::now();
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let (code, text) = told(&child.wait_with_output().unwrap());
    assert_eq!(code, Some(130), "{text}");
    assert!(text.contains("run the same command again"), "{text}");
    // The server is silent, and would be for a minute.
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    assert!(fs::read(&part).unwrap() == place.zip[..half]);
    assert!(!place.path("data/recordings").exists());

    let (code, text) = place.run(&["--accept-terms"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(place.asked.recv().unwrap(), Some(half));
    let manifest = fs::read_to_string(place.path("data/recordings/MANIFEST.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["archive"]["bytes"], place.zip.len());
    assert_eq!(
        fs::metadata(place.path("data/recordings/a.csv"))
            .unwrap()
            .len(),
        400_000
    );
}

#[test]
fn without_a_terminal_terms_must_be_accepted_by_a_flag() {
    let place = Place::new();
    let (code, text) = place.run(&[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("Be kind.") && text.contains("--accept-terms"),
        "{text}"
    );
    assert!(
        place.asked.try_recv().is_err(),
        "nothing is asked of the server before"
    );
    let (code, text) = place.run(&["--to", "elsewhere", "--accept-terms", "--from", "none.zip"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("none.zip"), "{text}");
    assert!(place.path("elsewhere/fetched.json").is_file());
    // Accepted there, once: it gets further without the flag.
    let (_, text) = place.run(&["--to", "elsewhere", "--from", "none.zip"]);
    assert!(
        !text.contains("--accept-terms") && text.contains("none.zip"),
        "{text}"
    );
}

#[test]
fn without_the_tests_own_switch_nothing_unencrypted_is_asked() {
    let place = Place::new();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["fetch", "recordings", "--accept-terms"])
        .env("CARGO_MANIFEST_DIR", place.path("xtask"))
        .env_remove("PATHEMA_TEST_LOOPBACK")
        .output()
        .unwrap();
    let (code, text) = told(&output);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("not encrypted") && text.contains("--from"),
        "{text}"
    );
    assert!(place.asked.try_recv().is_err());
}

#[test]
fn an_unknown_set_is_told_the_known_ones() {
    let place = Place::new();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["fetch", "wesda"])
        .env("CARGO_MANIFEST_DIR", place.path("xtask"))
        .output()
        .unwrap();
    let (code, text) = told(&output);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("\"wesda\"") && text.contains("recordings"),
        "{text}"
    );
}
