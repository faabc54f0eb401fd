//! Any bytes as a zip, and as the small texts beside recordings.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pathema_signal::files::Tree;
use pathema_signal::verify::Hashes;
use pathema_signal::wesad::Readme;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    base.join(format!("fuzz-files-{}.zip", std::process::id()))
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (_, findings) = Readme::parse(&text);
    assert!(findings.len() <= 8);
    let _ = Hashes::parse("list", &text);

    std::fs::write(&*FILE, bytes).unwrap();
    if let Ok(tree) = Tree::open(&FILE) {
        for name in tree.names() {
            assert!(!name.split('/').any(|part| part == "..") && !name.starts_with('/'));
            // A bomb must not get past what was asked for.
            if let Ok(Some(read)) = tree.bytes(name, 1 << 16) {
                assert!(read.len() <= 1 << 16);
            }
            let _ = tree.inner(name);
        }
    }
});
