use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use super::server::{Reply, Request, Server, body, hash_of, reply, serve_of};
use super::*;

fn serve(start: Option<usize>, most: usize) -> Reply {
    serve_of(&body(), start, "", most)
}

const QUICK: Patience = Patience {
    failures: 3,
    pause: Duration::from_millis(1),
    silence: Duration::from_millis(500),
};

struct Bench {
    folder: tempfile::TempDir,
    server: Server,
    url: String,
    sha256: Option<String>,
    disk: Box<dyn Disk>,
    interrupt: Interrupt,
}

impl Bench {
    fn new(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Bench {
        let server = Server::start(answer);
        Bench {
            folder: tempfile::tempdir().unwrap(),
            url: server.url("/recordings.zip"),
            server,
            sha256: Some(hash_of(&body())),
            disk: Box::new(RealDisk),
            interrupt: Interrupt::default(),
        }
    }

    fn part(&self) -> PathBuf {
        self.folder.path().join("recordings.zip.part")
    }

    fn fetch(&self) -> Result<Fetched> {
        let client = Client::new(&QUICK, Plain::Loopback, None).unwrap();
        let source = Source {
            file: "recordings.zip",
            shown: "recordings.zip",
            url: &self.url,
            sha256: self.sha256.as_deref(),
            largest: 1_000_000,
            way_out: "Ask its owners.",
            again: "cargo xtask fetch recordings",
        };
        let means = Means {
            client: &client,
            patience: QUICK,
            disk: &*self.disk,
            interrupt: &self.interrupt,
        };
        fetch(&source, self.folder.path(), &means)
    }

    #[track_caller]
    fn check_whole(&self, starts: &[Option<usize>]) {
        let fetched = self.fetch().unwrap();
        assert!(
            fs::read(&fetched.path).unwrap() == body(),
            "the file is not what was served"
        );
        assert_eq!(fetched.sha256, hash_of(&body()));
        assert_eq!(fetched.bytes, body().len() as u64);
        let left = fs::read_dir(self.folder.path()).unwrap().count();
        assert_eq!(left, 1, "nothing but the file");
        assert_eq!(self.server.starts(), starts);
    }

    #[track_caller]
    fn check_refused(&self, reasons: &[&str], requests: usize) {
        let error = format!("{:#}", self.fetch().unwrap_err());
        for reason in reasons {
            assert!(error.contains(reason), "{error}");
        }
        assert!(!self.folder.path().join("recordings.zip").exists());
        assert_eq!(self.server.starts().len(), requests, "{error}");
    }
}

#[test]
fn a_whole_file() {
    Bench::new(|asked| serve(asked.start, usize::MAX)).check_whole(&[None]);
}

#[test]
fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    let bench = Bench::new(|asked| serve(asked.start, 140_000));
    bench.check_whole(&[None, Some(140_000), Some(280_000)]);
}

#[test]
fn an_interrupted_run_is_taken_up() {
    let bench = Bench::new(|asked| serve(asked.start, usize::MAX));
    fs::write(bench.part(), &body()[..1_234]).unwrap();
    bench.check_whole(&[Some(1_234)]);
}

#[test]
fn a_run_interrupted_after_the_last_byte() {
    let size = body().len();
    let bench = Bench::new(move |_| {
        let range = format!("Content-Range: bytes */{size}\r\n");
        reply("416 Range Not Satisfiable", &range, 0, b"")
    });
    fs::write(bench.part(), body()).unwrap();
    bench.check_whole(&[Some(size)]);
}

#[test]
fn more_bytes_than_there_are_start_anew() {
    let bench = Bench::new(|asked| match asked.number {
        0 => reply(
            "416 Range Not Satisfiable",
            "Content-Range: bytes */300000\r\n",
            0,
            b"",
        ),
        _ => serve(asked.start, usize::MAX),
    });
    fs::write(bench.part(), [body(), vec![0; 5]].concat()).unwrap();
    bench.check_whole(&[Some(300_005), None]);
}

#[test]
fn a_server_that_ignores_ranges() {
    let bench = Bench::new(|_| serve(None, usize::MAX));
    fs::write(bench.part(), &body()[..50_000]).unwrap();
    bench.check_whole(&[Some(50_000)]);
}

#[test]
fn a_server_that_sends_the_wrong_part() {
    let bench = Bench::new(|asked| match asked.number {
        0 => serve(Some(7), usize::MAX),
        _ => serve(asked.start, usize::MAX),
    });
    fs::write(bench.part(), &body()[..50_000]).unwrap();
    bench.check_whole(&[Some(50_000), None]);
}

#[test]
fn pieces_that_do_not_fit_are_fetched_anew() {
    let bench = Bench::new(|asked| serve(asked.start, usize::MAX));
    fs::write(bench.part(), vec![1; 50_000]).unwrap();
    bench.check_whole(&[Some(50_000), None]);
}

#[test]
fn a_redirect_keeps_the_range() {
    let bench = Bench::new(|asked| match asked.number {
        0 => reply("302 Found", "Location: /elsewhere.zip\r\n", 0, b""),
        _ => serve(asked.start, usize::MAX),
    });
    fs::write(bench.part(), &body()[..1_000]).unwrap();
    bench.check_whole(&[Some(1_000), Some(1_000)]);
}

#[test]
fn trouble_of_the_server_passes() {
    let bench = Bench::new(|asked| match asked.number {
        0 => reply("503 Service Unavailable", "", 0, b""),
        1 => reply("429 Too Many Requests", "", 0, b""),
        _ => serve(asked.start, usize::MAX),
    });
    bench.check_whole(&[None, None, None]);
}

#[test]
fn trouble_that_stays_ends() {
    let bench = Bench::new(|_| reply("500 Internal Server Error", "", 0, b""));
    bench.check_refused(&["/recordings.zip", "3 failures", "500", "again"], 3);
}

#[test]
fn what_is_not_there_is_asked_for_once() {
    let bench = Bench::new(|_| reply("404 Not Found", "", 0, b""));
    bench.check_refused(&["/recordings.zip", "404", "Ask its owners."], 1);
}

#[test]
fn a_length_that_promises_too_much() {
    let bench = Bench::new(|asked| match asked.start {
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
    let bench = Bench::new(|_| reply("200 OK", "", 1_000, &body()));
    let expected = hash_of(&body());
    bench.check_refused(
        &["recordings.zip", &expected, &hash_of(&body()[..1_000])],
        1,
    );
}

#[test]
fn a_wrong_file_names_both_hashes_and_goes() {
    let bench = Bench::new(|_| reply("200 OK", "", 5, b"wrong"));
    let (expected, found) = (hash_of(&body()), hash_of(b"wrong"));
    bench.check_refused(
        &[
            "recordings.zip",
            &expected,
            &found,
            "cargo xtask fetch recordings",
        ],
        1,
    );
    assert!(!bench.part().exists());
}

#[test]
fn a_wrong_file_in_pieces_ends_too() {
    let wrong: Vec<u8> = vec![9; 1_000];
    let bench = Bench::new(move |asked| match asked.start {
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
    let bench = Bench::new(|_| serve(None, 100_000));
    bench.check_refused(&["3 failures"], 3);
}

#[test]
fn a_server_that_falls_silent_is_left() {
    let bench = Bench::new(|_| Reply::nothing().then_silence());
    let began = Instant::now();
    bench.check_refused(&["3 failures"], 3);
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn what_was_fetched_before_is_checked_again() {
    let bench = Bench::new(|asked| serve(asked.start, usize::MAX));
    let path = bench.folder.path().join("recordings.zip");
    fs::write(&path, body()).unwrap();
    bench.check_whole(&[]);
    fs::write(&path, "spoiled").unwrap();
    bench.check_whole(&[None]);
}

#[test]
fn a_part_says_what_it_is_a_part_of() {
    let bench = Bench::new(|asked| {
        let most = if asked.number == 0 {
            140_000
        } else {
            usize::MAX
        };
        serve_of(&body(), asked.start, "ETag: \"one\"\r\n", most)
    });
    bench.check_whole(&[None, Some(140_000)]);
    assert_eq!(bench.server.asked()[1].if_range.as_deref(), Some("\"one\""));
}

#[test]
fn a_weak_tag_gives_way_to_the_date() {
    let bench = Bench::new(|asked| {
        let headers = "ETag: W/\"one\"\r\nLast-Modified: Tue, 01 Jul 2025 10:00:00 GMT\r\n";
        let most = if asked.number == 0 { 1_000 } else { usize::MAX };
        serve_of(&body(), asked.start, headers, most)
    });
    bench.check_whole(&[None, Some(1_000)]);
    let told = bench.server.asked()[1].if_range.clone();
    assert_eq!(told.as_deref(), Some("Tue, 01 Jul 2025 10:00:00 GMT"));
}

/// The state of the file changes after the first request, and nothing is promised by which pieces could be told apart.
#[track_caller]
fn check_changed(heeds: bool, starts: &[Option<usize>]) {
    let former = vec![7; 300_000];
    let mut bench = Bench::new(move |asked| match (asked.number, &asked.if_range) {
        (0, _) => serve_of(&former, asked.start, "ETag: \"one\"\r\n", 140_000),
        (_, Some(tag)) if heeds && tag != "\"two\"" => {
            serve_of(&body(), None, "ETag: \"two\"\r\n", usize::MAX)
        }
        _ => serve_of(&body(), asked.start, "ETag: \"two\"\r\n", usize::MAX),
    });
    bench.sha256 = None;
    bench.check_whole(starts);
}

#[test]
fn a_file_that_changed_meanwhile_starts_anew() {
    check_changed(true, &[None, Some(140_000)]);
}

#[test]
fn a_file_that_changed_starts_anew_where_the_server_heeds_no_condition() {
    check_changed(false, &[None, Some(140_000), None]);
}

#[test]
fn another_length_is_another_file() {
    let longer = [body(), vec![1; 10]].concat();
    let mut bench = Bench::new(move |asked| match asked.number {
        0 => serve_of(&longer, asked.start, "", 1_000),
        _ => serve(asked.start, usize::MAX),
    });
    bench.sha256 = None;
    bench.check_whole(&[None, Some(1_000), None]);
}

#[test]
fn a_stall_in_the_middle_is_taken_up() {
    let bench = Bench::new(|asked| match asked.number {
        0 => serve(asked.start, 140_000).then_silence(),
        _ => serve(asked.start, usize::MAX),
    });
    let began = Instant::now();
    bench.check_whole(&[None, Some(140_000)]);
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "the server's silence was waited for"
    );
}

#[test]
fn what_is_forbidden_is_asked_for_once() {
    let bench = Bench::new(|_| reply("403 Forbidden", "", 0, b""));
    bench.check_refused(&["403", "Ask its owners."], 1);
}

#[test]
fn a_server_says_how_long_to_wait() {
    let bench = Bench::new(|asked| match asked.number {
        0 => reply("503 Service Unavailable", "Retry-After: 1\r\n", 0, b""),
        _ => serve(asked.start, usize::MAX),
    });
    let began = Instant::now();
    bench.check_whole(&[None, None]);
    assert!(
        began.elapsed() >= Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_redirect_to_an_unencrypted_place_is_refused() {
    let bench = Bench::new(|_| {
        let to = "Location: http://mirror.invalid/recordings.zip\r\n";
        reply("302 Found", to, 0, b"")
    });
    let reasons = [
        "leads on to http://mirror.invalid/recordings.zip",
        "not encrypted",
        "--from",
    ];
    bench.check_refused(&reasons, 1);
}

#[test]
fn redirects_in_a_circle_end() {
    let bench = Bench::new(|_| reply("302 Found", "Location: /recordings.zip\r\n", 0, b""));
    bench.check_refused(&["more than 10 times"], 11);
}

#[test]
fn a_server_that_sends_too_much_is_stopped() {
    let bench = Bench::new(|_| reply("200 OK", "", 1_000_001, &body()));
    bench.check_refused(&["more than 1000000 bytes"], 1);
    assert!(!bench.part().exists());
    // Without a length it is noticed on the way.
    let bench = Bench::new(|_| Reply::endless());
    bench.check_refused(&["more than 1000000 bytes"], 1);
    assert!(!bench.part().exists());
}

/// A disk with room for so many bytes more.
struct Small {
    left: AtomicU64,
    told: u64,
}

impl Disk for Small {
    fn free(&self, _: &Path) -> io::Result<u64> {
        Ok(self.told)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let left = self.left.load(Ordering::SeqCst);
        let fitting = &bytes[..bytes.len().min(usize::try_from(left).unwrap())];
        self.left.fetch_sub(fitting.len() as u64, Ordering::SeqCst);
        io::Write::write_all(file, fitting)?;
        if fitting.len() < bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }
}

#[test]
fn a_disk_that_is_too_small_is_seen_before_the_first_byte() {
    let mut bench = Bench::new(|asked| serve(asked.start, usize::MAX));
    bench.disk = Box::new(Small {
        left: AtomicU64::new(u64::MAX),
        told: 1_000,
    });
    bench.check_refused(&["1000 B free", "free some"], 1);
    assert_eq!(fs::metadata(bench.part()).unwrap().len(), 0);
}

#[test]
fn a_disk_that_fills_up_keeps_what_came() {
    let mut bench = Bench::new(|asked| serve(asked.start, usize::MAX));
    bench.disk = Box::new(Small {
        left: AtomicU64::new(100_000),
        told: u64::MAX,
    });
    bench.check_refused(&["the disk is full", "kept", "recordings.zip.part"], 1);
    assert_eq!(fs::metadata(bench.part()).unwrap().len(), 100_000);
    bench.disk = Box::new(RealDisk);
    bench.check_whole(&[None, Some(100_000)]);
}

/// Wants it to stop once so many bytes are written.
struct Impatient(u64);

impl Disk for Impatient {
    fn free(&self, folder: &Path) -> io::Result<u64> {
        RealDisk.free(folder)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        RealDisk.write(file, bytes)?;
        if file.metadata()?.len() >= self.0 {
            STOP.set();
        }
        Ok(())
    }
}

static STOP: Interrupt = Interrupt::new();

#[test]
fn an_interrupt_in_the_middle_keeps_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|asked| serve(asked.start, usize::MAX));
    let client = Client::new(&QUICK, Plain::Loopback, None).unwrap();
    let url = server.url("/recordings.zip");
    let source = Source {
        file: "recordings.zip",
        shown: "recordings.zip",
        url: &url,
        sha256: None,
        largest: 1_000_000,
        way_out: "",
        again: "",
    };
    let with = |disk: &dyn Disk, interrupt: &Interrupt| {
        let means = Means {
            client: &client,
            patience: QUICK,
            disk,
            interrupt,
        };
        fetch(&source, folder.path(), &means)
    };
    let error = with(&Impatient(1), &STOP).unwrap_err();
    assert!(error.is::<Interrupted>(), "{error:#}");
    let part = folder.path().join("recordings.zip.part");
    let there = fs::read(&part).unwrap();
    assert!(
        !there.is_empty() && there.len() < body().len(),
        "{}",
        there.len()
    );
    let fetched = with(&RealDisk, &Interrupt::default()).unwrap();
    assert!(
        fs::read(fetched.path).unwrap() == body(),
        "other bytes than without the interrupt"
    );
    assert_eq!(server.starts(), [None, Some(there.len())]);
}

#[test]
fn an_interrupt_ends_a_pause() {
    let interrupt = Interrupt::default();
    thread::scope(|scope| {
        let began = Instant::now();
        let waiting = scope.spawn(|| interrupt.sleep(Duration::from_secs(20)));
        thread::sleep(Duration::from_millis(100));
        interrupt.set();
        assert!(waiting.join().unwrap().unwrap_err().is::<Interrupted>());
        assert!(began.elapsed() < Duration::from_secs(10));
    });
}

#[test]
fn a_proxy_is_asked_instead() {
    let proxy = Server::start(|_| reply("502 Bad Gateway", "", 0, b""));
    let client = Client::new(&QUICK, Plain::Nowhere, Some(&proxy.url(""))).unwrap();
    let url = "https://recordings.invalid/recordings.zip";
    assert!(client.get(url, &[]).is_err());
    assert_eq!(proxy.asked()[0].path, "recordings.invalid:443");
}

#[test]
fn pauses_grow_and_are_drawn() {
    let second = Duration::from_secs(1);
    assert_eq!(pause(second, 1, 1.0), second);
    assert_eq!(pause(second, 1, 0.0), second / 2);
    assert_eq!(pause(second, 4, 1.0), 8 * second);
    assert_eq!(pause(second, 40, 1.0), 30 * second);
    let drawn: Vec<f64> = (0..20).map(|_| chance()).collect();
    assert!(
        drawn.iter().all(|chance| (0.0..=1.0).contains(chance)),
        "{drawn:?}"
    );
    assert!(drawn.iter().any(|chance| *chance != drawn[0]), "{drawn:?}");
}
