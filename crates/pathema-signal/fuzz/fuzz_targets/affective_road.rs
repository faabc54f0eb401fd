//! Any bytes as one of the tables of a drive, the others sound.
//!
//! The first byte says which table. Files lie in memory where the system has a folder for that.

#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pathema_signal::affective_road::Archive;

const MARKS: &str =
    "Drive-id,Z_Start,Z_End,City1_Start,City1_End,Hwy_Start,Hwy_End\nDrv1,0,8,8,16,16,24\n";

const TABLES: [(&str, &str); 6] = [
    ("E4/Annot_E4_Left.csv", MARKS),
    (
        "E4/1-E4-Drv1/Left/EDA.csv",
        "1495437325\n4\n0.3\n0.3\n0.3\n0.3\n",
    ),
    ("Bioharness/Annot_Bioharness.csv", MARKS),
    (
        "Bioharness/Bio_Drv1.csv",
        "Time;HR;BR;Posture;Activity\n1;60;15;0;0.1\n2;61;15;0;0.1\n",
    ),
    ("Subj_metric/Annot_Subjective_metric.csv", MARKS),
    ("Subj_metric/SM_Drv1.csv", "x\n0.1\n0.2\n0.8\n"),
];

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let folder = base.join(format!("fuzz-affective-road-{}", std::process::id()));
    for (name, text) in TABLES {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let Some((&which, rest)) = bytes.split_first() else {
        return;
    };
    let (name, sound) = TABLES[usize::from(which) % TABLES.len()];
    let path = FOLDER.join(name);
    fs::write(&path, rest).unwrap();
    let archive = Archive::open(&FOLDER).unwrap();
    if let Ok(drive) = archive.read(1) {
        // Nothing is made of nothing: no more samples than there are bytes.
        for channel in &drive.recording.channels {
            assert!(channel.len() <= rest.len() + 64, "{}", channel.name);
        }
        for mark in &drive.recording.annotations {
            assert!(mark.span.start <= mark.span.end);
        }
    }
    fs::write(&path, sound).unwrap();
});
