//! Puts the built front end (`web/dist`) and the dashboards (`deploy/dashboards`) into the binary: each file
//! compressed, in tables sorted by path. Without a build of the front end its table is empty and the pages say so.
//! Beside them, the day of the build.

use std::{
    env, fs, io,
    io::Write,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use flate2::{Compression, write::GzEncoder};

fn main() -> io::Result<()> {
    let tree = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("../..");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    println!("cargo::rustc-env=GNOMON_BUILT_DAY={}", built_day());
    let assets = compress(&tree.join("web/dist"), &out, "asset")?;
    write_table(&out.join("assets.rs"), &assets, |bytes| format!("include_bytes!({bytes:?})"))?;
    let dashboards = compress(&tree.join("deploy/dashboards"), &out, "dashboard")?;
    write_table(&out.join("dashboards.rs"), &dashboards, |bytes| {
        format!("|| unpack(include_bytes!({bytes:?}))")
    })
}

/// The files below a folder by their names, and where each is compressed.
fn compress(root: &Path, out: &Path, kind: &str) -> io::Result<Vec<(String, PathBuf)>> {
    println!("cargo::rerun-if-changed={}", root.display());
    let mut names = Vec::new();
    if root.is_dir() {
        collect(root, root, &mut names)?;
    }
    names.sort();
    let compress = |(number, name): (usize, String)| {
        let compressed = out.join(format!("{kind}-{number}.gz"));
        let mut encoder = GzEncoder::new(fs::File::create(&compressed)?, Compression::best());
        encoder.write_all(&fs::read(root.join(&name))?)?;
        encoder.finish()?;
        Ok((name, compressed))
    };
    names.into_iter().enumerate().map(compress).collect()
}

/// Writes a slice of names and of what an expression makes of the compressed files.
fn write_table(
    path: &Path,
    files: &[(String, PathBuf)],
    content: impl Fn(&Path) -> String,
) -> io::Result<()> {
    let rows = files.iter().map(|(name, compressed)| format!("    ({name:?}, {}),\n", content(compressed)));
    fs::write(path, format!("&[\n{}]\n", rows.collect::<String>()))
}

/// Days since 1970. A finer measure would make each build another one.
fn built_day() -> u64 {
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let given = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    given.unwrap_or_else(now) / 86_400
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        println!("cargo::rerun-if-changed={}", path.display());
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            files.push(name.to_owned());
        }
    }
    Ok(())
}
