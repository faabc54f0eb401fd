//! Programs that try to see the subject held out, and do not compile.
//!
//! Each program in `tests/leaks/` says in a line `//~` by which error, and in which words, it has to fail; one
//! without such a line has to compile, so that the others cannot fail for a reason that none of them means. The
//! compiler is called on the library that this test was built with: a crate of its own for each program
//! would compile libtorch's bindings anew.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[test]
fn do_not_compile() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/leaks");
    let library = library();
    let out = tempfile::tempdir().unwrap();
    let mut refused = 0;
    for program in fs::read_dir(programs).unwrap() {
        let program = program.unwrap().path();
        let text = fs::read_to_string(&program).unwrap();
        let expected = text.lines().find_map(|line| line.strip_prefix("//~ "));
        let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
            .args(["--edition", "2024", "--emit", "metadata", "--extern"])
            .arg(format!("pathema_experiments={}", library.display()))
            .arg("-L")
            .arg(format!(
                "dependency={}",
                library.parent().unwrap().display()
            ))
            .arg("--out-dir")
            .arg(out.path())
            .arg(&program)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let name = program.file_name().unwrap().to_string_lossy();
        match expected {
            None => assert!(output.status.success(), "{name} does not compile:\n{said}"),
            Some(expected) => {
                assert!(!output.status.success(), "{name} compiles: this is a leak");
                assert!(
                    said.contains(expected),
                    "{name} fails, but not by {expected}:\n{said}"
                );
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 9, "programs that must not compile");
}

/// The library beside this test program; of several builds the latest, which this one is linked with.
fn library() -> PathBuf {
    let folder = env::current_exe().unwrap().parent().unwrap().to_owned();
    let is_library = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("libpathema_experiments-") && name.ends_with(".rlib")
    };
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(is_library)
        .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap())
        .unwrap()
}
