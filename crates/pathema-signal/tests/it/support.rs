//! Folders to read from, and a small writer of pickles for what numpy would never write.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use pathema_signal::wesad::{Archive, Subject, WesadError};
use tempfile::TempDir;

/// One of the pickles that `golden/make_pickles.py` wrote.
pub(crate) fn golden(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden");
    fs::read(path.join(name)).unwrap()
}

/// A data set of the one subject S2 with this pickle.
pub(crate) struct DataSet {
    folder: TempDir,
}

impl DataSet {
    pub(crate) fn new(pickle: &[u8]) -> DataSet {
        let folder = tempfile::tempdir().unwrap();
        let data_set = DataSet { folder };
        data_set.put("S2.pkl", pickle);
        data_set
    }

    /// The folder that holds WESAD.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file of S2.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let folder = self.path().join("WESAD/S2");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
        folder
    }

    pub(crate) fn read(&self) -> Result<Subject, WesadError> {
        Archive::open(self.path())?.read("S2")
    }
}

/// What a hand-written pickle holds.
#[derive(Clone)]
pub(crate) enum Py {
    Text(&'static str),
    Int(i32),
    Dict(Vec<(&'static str, Py)>),
    Array(&'static str, Vec<i32>, Vec<u8>),
}

impl Py {
    /// A float64 array of this shape; its values count up.
    pub(crate) fn floats(shape: &[i32]) -> Py {
        let values = 0..shape.iter().product::<i32>();
        let bytes = values.flat_map(|value| f64::from(value).to_le_bytes());
        Py::Array("f8", shape.to_vec(), bytes.collect())
    }

    /// An int32 array of one dimension.
    pub(crate) fn ints(values: &[i32]) -> Py {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes());
        Py::Array("i4", vec![values.len() as i32], bytes.collect())
    }

    /// Replaces or adds what a path of keys (`signal.wrist.BVP`) leads to; `None` removes it.
    pub(crate) fn set(&mut self, path: &'static str, value: Option<Py>) {
        let Py::Dict(entries) = self else {
            panic!("{path} leads through no dict")
        };
        match path.split_once('.') {
            Some((key, rest)) => {
                let entry = entries.iter_mut().find(|(candidate, _)| *candidate == key);
                entry.unwrap().1.set(rest, value);
            }
            None => {
                entries.retain(|(candidate, _)| *candidate != path);
                entries.extend(value.map(|value| (path, value)));
            }
        }
    }

    /// The pickle, protocol 2, as numpy 1 under Python 3 below protocol 3 would write it.
    pub(crate) fn pickle(&self) -> Vec<u8> {
        let mut out = b"\x80\x02".to_vec();
        self.write(&mut out);
        out.push(b'.');
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Py::Text(text) => {
                out.push(b'X');
                out.extend((text.len() as u32).to_le_bytes());
                out.extend(text.as_bytes());
            }
            Py::Int(value) => {
                out.push(b'J');
                out.extend(value.to_le_bytes());
            }
            Py::Dict(entries) => {
                out.extend(b"}(");
                for (key, value) in entries {
                    Py::Text(key).write(out);
                    value.write(out);
                }
                out.push(b'u');
            }
            Py::Array(dtype, shape, data) => {
                out.extend(b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n");
                out.extend(b"K\x00\x85U\x01b\x87R(K\x01(");
                for &extent in shape {
                    Py::Int(extent).write(out);
                }
                out.extend(b"tcnumpy\ndtype\n");
                Py::Text(dtype).write(out);
                out.extend(
                    b"\x89\x88\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T",
                );
                out.extend((data.len() as u32).to_le_bytes());
                out.extend(data);
                out.extend(b"tb");
            }
        }
    }
}

/// Four seconds of a wrist: baseline for two, stress for two.
pub(crate) fn wrist() -> Py {
    let label: Vec<i32> = (0..2800).map(|index| 1 + index / 1400).collect();
    Py::Dict(vec![
        (
            "signal",
            Py::Dict(vec![(
                "wrist",
                Py::Dict(vec![
                    ("ACC", Py::floats(&[128, 3])),
                    ("BVP", Py::floats(&[256, 1])),
                    ("EDA", Py::floats(&[16, 1])),
                    ("TEMP", Py::floats(&[16, 1])),
                ]),
            )]),
        ),
        ("label", Py::ints(&label)),
        ("subject", Py::Text("S2")),
    ])
}

/// A file of the optional recordings; says so where there are none.
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("PATHEMA_DATA") else {
        // Past the capture of test output: what was not tested must be seen.
        let _ = writeln!(io::stderr(), "skipped: PATHEMA_DATA is not set");
        return None;
    };
    Some(PathBuf::from(folder).join(name))
}
