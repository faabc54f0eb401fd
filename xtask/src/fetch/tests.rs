use std::cell::Cell;
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::catalogue::Archive;
use super::provenance::FileRecord;
use super::*;
use crate::download::Disk;
use crate::download::server::{Reply, Request, Server, hash_of, reply, serve_of};

const QUICK: Patience = Patience {
    failures: 3,
    pause: Duration::from_millis(1),
    silence: Duration::from_millis(500),
};

const TERMS: &str = "Be kind to these recordings.";

/// A data folder, a server, and a set that lies there.
struct Place {
    folder: tempfile::TempDir,
    server: Server,
    set: DataSet,
    from: Option<PathBuf>,
    mirror: Option<String>,
    accept_terms: bool,
    force: bool,
    disk: Box<dyn Disk>,
    interrupt: Interrupt,
    answer: Option<&'static str>,
    questions: Cell<usize>,
}

impl Place {
    fn archive(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Place {
        let archive = Archive {
            url: String::new(),
            file: "recordings.zip".into(),
            bytes: None,
            sha256: None,
            largest: 1_000_000,
            largest_unpacked: 1_000_000,
            holds: Vec::new(),
            known: Default::default(),
        };
        let mut place = Place::with(Holding::Archive(archive), answer);
        let url = place.server.url("/recordings.zip");
        place.set_archive(|archive| archive.url = url);
        place
    }

    fn with(holding: Holding, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Place {
        Place {
            folder: tempfile::tempdir().unwrap(),
            server: Server::start(answer),
            set: DataSet {
                name: "recordings".into(),
                title: "Recordings".into(),
                home: "https://recordings.invalid".into(),
                cite: "Somebody".into(),
                terms: TERMS.into(),
                holding,
            },
            from: None,
            mirror: None,
            accept_terms: true,
            force: false,
            disk: Box::new(RealDisk),
            interrupt: Interrupt::default(),
            answer: None,
            questions: Cell::new(0),
        }
    }

    /// One whose server has these members in a zip.
    fn of(members: &[(&str, &[u8])]) -> Place {
        let zip = zip_of(members);
        Place::archive(move |asked| serve_of(&zip, asked.start, "", usize::MAX))
    }

    fn set_archive(&mut self, change: impl FnOnce(&mut Archive)) {
        match &mut self.set.holding {
            Holding::Archive(archive) => change(archive),
            Holding::Listing(_) => panic!("a listing"),
        }
    }

    fn fetch(&self) -> Result<()> {
        let client = Client::new(&QUICK, Plain::Loopback, None).unwrap();
        let means = Means {
            client: &client,
            patience: QUICK,
            disk: &*self.disk,
            interrupt: &self.interrupt,
        };
        fetch(&Order {
            set: &self.set,
            to: self.folder.path(),
            from: self.from.as_deref(),
            mirror: self.mirror.as_deref(),
            accept_terms: self.accept_terms,
            force: self.force,
            means: &means,
            ask: &|_| {
                self.questions.set(self.questions.get() + 1);
                Ok(self.answer.map(str::to_owned))
            },
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn manifest(&self) -> Value {
        let text = fs::read(self.path("recordings/MANIFEST.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    fn warnings(&self) -> String {
        self.manifest()["warnings"].to_string()
    }

    /// The set is there with these files and nothing else, and nothing is left beside it.
    #[track_caller]
    fn check_there(&self, files: &[(&str, &[u8])]) {
        let manifest = self.manifest();
        let told: Vec<FileRecord> = serde_json::from_value(manifest["files"].clone()).unwrap();
        let expected: Vec<FileRecord> = files
            .iter()
            .map(|(path, bytes)| FileRecord {
                path: (*path).into(),
                bytes: bytes.len() as u64,
                sha256: hash_of(bytes),
            })
            .collect();
        assert_eq!(told, expected);
        for (path, bytes) in files {
            assert!(
                fs::read(self.path("recordings").join(path)).unwrap() == *bytes,
                "{path}"
            );
        }
        assert_eq!(manifest["terms"]["sha256"], hash_of(TERMS.as_bytes()));
        assert_eq!(
            manifest["date"].as_str().unwrap().len(),
            "2025-07-01T10:00:00Z".len()
        );
        let left: Vec<_> = fs::read_dir(self.path(".recordings.part"))
            .unwrap()
            .collect();
        assert_eq!(left.len(), 1, "nothing but the lock: {left:?}");
    }

    #[track_caller]
    fn check_refused(&self, reasons: &[&str]) -> String {
        let error = format!("{:#}", self.fetch().unwrap_err());
        for reason in reasons {
            assert!(error.contains(reason), "{reason:?} is not in: {error}");
        }
        assert!(!self.path("recordings").exists(), "{error}");
        error
    }
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        if name.ends_with('/') {
            writer
                .add_directory(*name, SimpleFileOptions::default())
                .unwrap();
            continue;
        }
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        io::Write::write_all(&mut writer, bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Bytes that do not shrink, so that an archive of them comes in many pieces.
fn noise() -> Vec<u8> {
    let mut state: u64 = 1;
    let bytes = std::iter::repeat_with(|| {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    });
    bytes.take(300_000).collect()
}

#[test]
fn an_archive_is_unpacked_without_its_top_folder() {
    let place = Place::of(&[
        ("SET/", b""),
        ("SET/S2/S2.pkl", b"pickle"),
        ("SET/readme.pdf", b"read"),
        ("__MACOSX/SET/._readme.pdf", b"clutter"),
    ]);
    place.fetch().unwrap();
    place.check_there(&[("S2/S2.pkl", b"pickle"), ("readme.pdf", b"read")]);
    let manifest = place.manifest();
    assert_eq!(manifest["source"], place.server.url("/recordings.zip"));
    assert_eq!(manifest["by_way_of"], Value::Null);
    assert_eq!(manifest["archive"]["file"], "recordings.zip");
    assert_eq!(place.warnings(), "[]");
    // Once is enough.
    place.fetch().unwrap();
    assert_eq!(place.server.asked().len(), 1);
}

#[test]
fn several_folders_stay_as_they_are() {
    let place = Place::of(&[("a/b", b"1"), ("c/d", b"2"), ("e", b"3"), ("f/", b"")]);
    place.fetch().unwrap();
    place.check_there(&[("a/b", b"1"), ("c/d", b"2"), ("e", b"3")]);
    assert!(place.path("recordings/f").is_dir());
}

#[test]
fn backslashes_are_slashes() {
    let place = Place::of(&[("SET\\S2\\a.csv", b"1"), ("SET\\S3\\a.csv", b"2")]);
    place.fetch().unwrap();
    place.check_there(&[("S2/a.csv", b"1"), ("S3/a.csv", b"2")]);
}

#[test]
fn other_figures_than_known_are_told_and_kept() {
    let mut place = Place::of(&[("SET/a", b"1"), ("SET/b", b"2"), ("SET/c", b"3")]);
    let (wrong, right) = ("0".repeat(64), hash_of(b"2"));
    place.set_archive(|archive| {
        archive.bytes = Some(17);
        archive.sha256 = Some(wrong.clone());
        archive.known = ["a", "c"].map(|name| (name.into(), wrong.clone())).into();
        archive.known.insert("b".into(), right);
    });
    place.fetch().unwrap();
    let warnings = place.warnings();
    for told in [
        "others have found 17",
        &wrong,
        "a has SHA-256",
        &hash_of(b"1"),
        "than known are also c\"",
    ] {
        assert!(warnings.contains(told), "{told}: {warnings}");
    }
    assert!(!warnings.contains("b has SHA-256"), "{warnings}");
    place.check_there(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
}

#[test]
fn a_source_that_changed_since_last_time_is_told() {
    let zips = [zip_of(&[("a", b"1")]), zip_of(&[("a", b"22")])];
    let former = hash_of(&zips[0]);
    let mut place = Place::archive(move |asked| {
        serve_of(&zips[asked.number.min(1)], asked.start, "", usize::MAX)
    });
    place.fetch().unwrap();
    assert_eq!(place.warnings(), "[]");
    // Even where the folder is gone, the data folder remembers.
    fs::remove_dir_all(place.path("recordings")).unwrap();
    place.fetch().unwrap();
    let warnings = place.warnings();
    assert!(
        warnings.contains(&former) && warnings.contains("changed at its source"),
        "{warnings}"
    );
    place.check_there(&[("a", b"22")]);
    place.force = true;
    place.fetch().unwrap();
    assert_eq!(place.warnings(), "[]");
    assert_eq!(place.server.asked().len(), 3);
}

#[test]
fn what_somebody_else_put_there_is_left_alone() {
    let mut place = Place::of(&[("a", b"1")]);
    fs::create_dir(place.path("recordings")).unwrap();
    fs::write(place.path("recordings/mine"), "precious").unwrap();
    for force in [false, true] {
        place.force = force;
        let error = place.fetch().unwrap_err().to_string();
        assert!(error.contains("left alone"), "{error}");
    }
    assert_eq!(
        fs::read(place.path("recordings/mine")).unwrap(),
        b"precious"
    );
    assert!(place.server.asked().is_empty());
}

#[test]
fn terms_are_asked_for_once_and_again_when_they_change() {
    let mut place = Place::of(&[("a", b"1")]);
    place.accept_terms = false;
    place.check_refused(&["no terminal", "--accept-terms"]);
    place.answer = Some("no");
    place.check_refused(&["not accepted"]);
    assert!(
        place.server.asked().is_empty(),
        "nothing is asked of the server before"
    );
    place.answer = Some("Yes");
    place.fetch().unwrap();
    assert_eq!(place.questions.get(), 3);
    let memory: Value =
        serde_json::from_slice(&fs::read(place.path("fetched.json")).unwrap()).unwrap();
    assert_eq!(
        memory["terms"]["recordings"]["sha256"],
        hash_of(TERMS.as_bytes())
    );
    assert!(
        memory["terms"]["recordings"]["date"]
            .as_str()
            .unwrap()
            .starts_with("20")
    );

    place.answer = None;
    place.force = true;
    place.fetch().unwrap();
    assert_eq!(place.questions.get(), 3);
    place.set.terms = "Be kinder.".into();
    let error = place.fetch().unwrap_err().to_string();
    assert!(error.contains("--accept-terms"), "{error}");
    assert_eq!(place.questions.get(), 4);
}

#[test]
fn an_archive_fetched_by_hand() {
    let mut place = Place::of(&[]);
    let file = place.path("by hand.zip");
    fs::write(&file, zip_of(&[("SET/a", b"1"), ("SET/b", b"2")])).unwrap();
    place.from = Some(file.clone());
    place.fetch().unwrap();
    place.check_there(&[("a", b"1"), ("b", b"2")]);
    assert!(place.server.asked().is_empty());
    assert!(file.is_file(), "it is the user's");
    let manifest = place.manifest();
    assert_eq!(
        manifest["by_way_of"],
        "the file by hand.zip, fetched by hand"
    );
    assert_eq!(
        manifest["archive"]["sha256"],
        hash_of(&fs::read(&file).unwrap())
    );
    // It says nothing of what is at the source, so it is not held against that later.
    let memory = fs::read_to_string(place.path("fetched.json")).unwrap();
    assert!(memory.contains("\"archives\": {}"), "{memory}");
}

#[test]
fn what_is_handed_over_and_is_no_such_archive() {
    let mut place = Place::of(&[]);
    let file = place.path("page.zip");
    place.from = Some(file.clone());
    place.check_refused(&["page.zip"]);
    fs::write(&file, "<html>").unwrap();
    place.check_refused(&["no whole zip"]);
    assert!(file.is_file(), "it is the user's");
    fs::write(&file, zip_of(&[("SET/a", b"1")])).unwrap();
    place.set_archive(|archive| archive.holds = vec!["S2/S2.pkl".into()]);
    place.check_refused(&["holds no S2/S2.pkl", "not Recordings"]);
    place.from = Some(place.folder.path().to_owned());
    place.check_refused(&["is a folder", "--data"]);
}

#[test]
fn a_mirror_is_asked_instead() {
    let mut place = Place::of(&[("a", b"1")]);
    place.mirror = Some(place.server.url("/mirror/of/it/"));
    place.set_archive(|archive| archive.url = "https://gone.invalid/download".into());
    place.fetch().unwrap();
    assert_eq!(place.server.asked()[0].path, "/mirror/of/it/recordings.zip");
    place.check_there(&[("a", b"1")]);
    let manifest = place.manifest();
    assert_eq!(manifest["source"], "https://gone.invalid/download");
    assert_eq!(
        manifest["by_way_of"],
        place.server.url("/mirror/of/it/recordings.zip")
    );
    place.mirror = Some("http://mirror.invalid".into());
    place.force = true;
    let error = format!("{:#}", place.fetch().unwrap_err());
    assert!(error.contains("not encrypted"), "{error}");
    assert!(place.path("recordings/a").is_file(), "what was there stays");
}

#[test]
fn what_is_gone_names_the_ways_out() {
    let place = Place::archive(|_| reply("404 Not Found", "", 0, b""));
    place.check_refused(&["404", "https://recordings.invalid", "--from", "--mirror"]);
    assert_eq!(place.server.asked().len(), 1);
}

#[test]
fn a_damaged_archive_is_thrown_away() {
    let mut damaged = zip_of(&[("a", &noise())]);
    damaged[150_000] ^= 1;
    let good = zip_of(&[("a", &noise())]);
    let place = Place::archive(move |asked| {
        let zip = if asked.number == 0 { &damaged } else { &good };
        serve_of(zip, asked.start, "", usize::MAX)
    });
    place.check_refused(&[
        "a is damaged",
        "thrown away",
        "cargo xtask fetch recordings",
    ]);
    assert!(!place.path(".recordings.part/recordings.zip").exists());
    place.fetch().unwrap();
    place.check_there(&[("a", &noise())]);
}

#[test]
fn an_archive_cut_short_is_no_archive() {
    let zip = zip_of(&[("a", &noise())]);
    // The server says that this is all.
    let place = Place::archive(move |_| reply("200 OK", "", 100_000, &zip[..100_000]));
    place.check_refused(&["no whole zip", "thrown away"]);
}

/// A member's name is written into a finished zip in place of another, since the writer would not take it.
#[track_caller]
fn check_name_refused(name: &str, reason: &str) {
    let stand_in = "x".repeat(name.len());
    let mut zip = zip_of(&[("SET/fine", b"1"), (&stand_in, b"2")]);
    let at: Vec<usize> = (0..=zip.len() - name.len())
        .filter(|&at| zip[at..].starts_with(stand_in.as_bytes()))
        .collect();
    assert_eq!(at.len(), 2, "in the member's head and in the directory");
    for at in at {
        zip[at..at + name.len()].copy_from_slice(name.as_bytes());
    }
    let place = Place::archive(move |asked| serve_of(&zip, asked.start, "", usize::MAX));
    place.check_refused(&[reason, "thrown away"]);
    let outside = place.folder.path().parent().unwrap().join("evil");
    assert!(!outside.exists() && !place.path("evil").exists());
    assert!(
        !place.path(".recordings.part/tree").exists(),
        "nothing is written before all names are seen"
    );
}

#[test]
fn members_that_lead_elsewhere_are_refused() {
    for name in [
        "../evil",
        "../../evil",
        "SET/../../evil",
        "/tmp/evil",
        "..\\evil",
        "\\evil",
        "C:\\evil",
        "C:evil",
        "SET/..",
        "SET//evil",
        "SET/evil:stream",
    ] {
        check_name_refused(name, "leads out of the folder");
    }
}

#[test]
fn members_that_come_twice_are_refused() {
    check_name_refused("SET/./fine", "is in it twice");
}

#[test]
fn a_member_below_another_file_is_refused() {
    let place = Place::of(&[("SET/fine", b"1"), ("SET/fine/b", b"2"), ("SET/c", b"3")]);
    place.check_refused(&[
        "fine/b is in it twice, or where another file is",
        "thrown away",
    ]);
}

#[test]
fn links_are_refused() {
    let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
    writer
        .start_file("a", SimpleFileOptions::default())
        .unwrap();
    writer
        .add_symlink("b", "/etc", SimpleFileOptions::default())
        .unwrap();
    writer
        .start_file("b/passwd", SimpleFileOptions::default())
        .unwrap();
    let zip = writer.finish().unwrap().into_inner();
    let place = Place::archive(move |asked| serve_of(&zip, asked.start, "", usize::MAX));
    place.check_refused(&["\"b\" is a link"]);
}

#[test]
fn bombs_are_refused() {
    // A megabyte and a byte of nothing: a thousandth of it in the archive.
    let place = Place::of(&[("a", &vec![0; 1_000_001])]);
    assert!(!place.path(".recordings.part/tree").exists());
    place.check_refused(&["1000001 bytes", "1000000 would be many"]);

    // One that lies about its size: so it is seen when it goes on.
    let mut zip = zip_of(&[("a", &vec![0; 900_000])]);
    let size = 900_000_u32.to_le_bytes();
    let at: Vec<usize> = (0..zip.len() - 4)
        .filter(|&at| zip[at..].starts_with(&size))
        .collect();
    assert!(!at.is_empty());
    for at in at {
        zip[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    let place = Place::archive(move |asked| serve_of(&zip, asked.start, "", usize::MAX));
    let error = place.check_refused(&["recordings.zip is refused"]);
    let tree = place.path(".recordings.part/tree/a");
    let written = fs::metadata(tree).map_or(0, |file| file.len());
    assert!(written <= 10, "{written} bytes were written: {error}");
}

/// A disk of which a test says how much is free, and which does something at a certain write.
struct Odd {
    free: u64,
    writes: AtomicUsize,
    at: usize,
    does: fn() -> io::Result<()>,
}

impl Disk for Odd {
    fn free(&self, _: &Path) -> io::Result<u64> {
        Ok(self.free)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if self.writes.fetch_add(1, Ordering::SeqCst) == self.at {
            (self.does)()?;
        }
        RealDisk.write(file, bytes)
    }
}

#[test]
fn a_disk_without_room_for_the_unpacked_is_seen_before() {
    // Room for the archive, which is small, with what is always left free; not for what is in it.
    let mut place = Place::of(&[("a", &vec![0; 900_000])]);
    place.disk = Box::new(Odd {
        free: (64 << 20) + 500_000,
        writes: AtomicUsize::new(0),
        at: usize::MAX,
        does: || Ok(()),
    });
    place.check_refused(&["recordings.zip, unpacked,", "free some"]);
    assert!(
        place.path(".recordings.part/recordings.zip").is_file(),
        "the archive is kept"
    );
    place.disk = Box::new(RealDisk);
    place.fetch().unwrap();
    place.check_there(&[("a", &vec![0; 900_000])]);
    assert_eq!(place.server.asked().len(), 1, "it is not fetched again");
}

#[test]
fn a_disk_that_fills_up_while_unpacking_keeps_the_archive() {
    let mut place = Place::of(&[("a", &noise()), ("b", &noise())]);
    place.from = Some(place.path("by-hand.zip"));
    fs::write(
        place.path("by-hand.zip"),
        zip_of(&[("a", &noise()), ("b", &noise())]),
    )
    .unwrap();
    place.disk = Box::new(Odd {
        free: u64::MAX,
        writes: AtomicUsize::new(0),
        at: 1,
        does: || Err(io::ErrorKind::StorageFull.into()),
    });
    place.check_refused(&["the disk is full"]);
    place.disk = Box::new(RealDisk);
    place.fetch().unwrap();
    place.check_there(&[("a", &noise()), ("b", &noise())]);
}

static STOP: Interrupt = Interrupt::new();

#[test]
fn an_interrupt_while_unpacking_leaves_nothing_half() {
    let mut place = Place::of(&[("a", &noise()), ("b", &noise())]);
    place.set_archive(|archive| archive.largest = 2_000_000);
    place.from = Some(place.path("by-hand.zip"));
    fs::write(
        place.path("by-hand.zip"),
        zip_of(&[("a", &noise()), ("b", &noise())]),
    )
    .unwrap();
    let disk = Odd {
        free: u64::MAX,
        writes: AtomicUsize::new(0),
        at: 1,
        does: || {
            STOP.set();
            Ok(())
        },
    };
    let client = Client::new(&QUICK, Plain::Loopback, None).unwrap();
    let means = Means {
        client: &client,
        patience: QUICK,
        disk: &disk,
        interrupt: &STOP,
    };
    let order = Order {
        set: &place.set,
        to: place.folder.path(),
        from: place.from.as_deref(),
        mirror: None,
        accept_terms: true,
        force: false,
        means: &means,
        ask: &|_| Ok(None),
    };
    let error = fetch(&order).unwrap_err();
    assert!(error.is::<Interrupted>(), "{error:#}");
    assert!(!place.path("recordings").exists());
    place.fetch().unwrap();
    place.check_there(&[("a", &noise()), ("b", &noise())]);
}

#[path = "listing_tests.rs"]
mod listing;
