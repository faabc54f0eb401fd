//! Compiles the node of `cpp/node.cpp` against the libtorch that torch-sys found, and links it.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo by it")]

use std::env;
use std::path::PathBuf;

#[path = "../../build/link_libtorch.rs"]
mod link_libtorch;

fn main() {
    link_libtorch::main();
    println!("cargo:rerun-if-changed=cpp/node.cpp");
    println!("cargo:rerun-if-env-changed=LIBTORCH_INCLUDE");
    println!("cargo:rerun-if-env-changed=LIBTORCH_CXX11_ABI");
    // Without libtorch (tch's feature `doc-only`) the Rust code can be checked, but not linked.
    let Some(include) = include() else {
        return;
    };
    // The same flags as torch-sys compiles its own C++ with.
    let abi = env::var("LIBTORCH_CXX11_ABI").unwrap_or_else(|_| "1".to_owned());
    cc::Build::new()
        .cpp(true)
        .std("c++17")
        .include(include.join("torch/csrc/api/include"))
        .include(&include)
        .define("_GLIBCXX_USE_CXX11_ABI", abi.as_str())
        .define("GLOG_USE_GLOG_EXPORT", None)
        .warnings(false) // libtorch's headers are full of them
        .file("cpp/node.cpp")
        .compile("pathema_autograd");
}

/// Where libtorch's headers are, found as torch-sys finds them.
fn include() -> Option<PathBuf> {
    if let Some(home) = env::var_os("LIBTORCH_INCLUDE") {
        return Some(PathBuf::from(home).join("include"));
    }
    let home = match env::var_os("DEP_TCH_LIBTORCH_LIB") {
        Some(lib) => PathBuf::from(lib).parent()?.to_path_buf(),
        // Torch-sys says nothing on Windows.
        None if cfg!(windows) => PathBuf::from(env::var_os("LIBTORCH")?),
        None => return None,
    };
    Some(home.join("include"))
}
