//! Crates depend downwards only.

use std::{io, path::Path, process::Command};

use serde_json::Value;

use super::Problem;

/// Each crate's layer: it may depend on crates of lower layers, never on one of its own or a higher one.
const LAYERS: [(&str, u8); 25] = [
    ("model", 0),
    ("protobuf", 0),
    ("expfmt", 1),
    ("wire", 1),
    ("template", 1),
    ("tsdb", 2),
    ("promql", 2),
    ("net", 2),
    ("collect", 2),
    ("scrape", 3),
    ("remote", 3),
    ("rules", 3),
    ("notify", 3),
    ("dashboard", 3),
    ("sensor", 3),
    ("promqltest", 3),
    ("config", 4),
    ("lab", 4),
    ("picture", 4),
    ("api", 5),
    ("gnomon", 6),
    ("testkit", DEV),
    ("xtask", DEV),
    ("bench", DEV),
    ("fuzz", DEV),
];

/// Crates that only tests depend on, and that may depend on all others.
const DEV: u8 = 7;

/// Reads the manifests and checks who depends on whom.
pub(super) fn check(root: &Path) -> io::Result<Vec<Problem>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version=1", "--no-deps", "--locked"];
    let output = Command::new(cargo).args(arguments).current_dir(root).output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(check_metadata(&serde_json::from_slice(&output.stdout)?, root))
}

fn check_metadata(metadata: &Value, root: &Path) -> Vec<Problem> {
    let packages = list(metadata, "packages");
    let names: Vec<&str> = packages.iter().map(|package| text(package, "name")).collect();
    let mut problems = Vec::new();
    for package in packages {
        let manifest = Path::new(text(package, "manifest_path"));
        let path = manifest.strip_prefix(root).unwrap_or(manifest).to_string_lossy();
        let name = text(package, "name");
        let Some(layer) = layer(name) else {
            let message = format!("crate {name} has no layer; give it one in crates/xtask/src/tidy/layer.rs");
            problems.push(Problem::new(&path, None, message));
            continue;
        };
        for dependency in list(package, "dependencies") {
            let below = text(dependency, "name");
            let for_tests = text(dependency, "kind") == "dev";
            if names.contains(&below) && !for_tests && self::layer(below).is_some_and(|l| l >= layer) {
                problems.push(Problem::new(&path, None, upward(name, layer, below)));
            }
        }
    }
    problems
}

fn upward(name: &str, layer: u8, below: &str) -> String {
    format!(
        "{name} (layer {layer}) depends on {below} (layer {}); move what it needs into a lower layer, or pass it \
         in as a trait or a closure",
        self::layer(below).unwrap_or(DEV)
    )
}

fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(n, _)| *n == name).map(|(_, layer)| *layer)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn upward_and_sideways_dependencies_are_found() {
        let dependency = |name: &str, kind: &str| json!({"name": name, "kind": kind});
        let package = |name: &str, dependencies: Vec<Value>| {
            let manifest = format!("/w/crates/{name}/Cargo.toml");
            json!({"name": name, "manifest_path": manifest, "dependencies": dependencies})
        };
        let metadata = json!({"packages": [
            package("model", vec![dependency("serde", "")]),
            package("promql", vec![dependency("model", ""), dependency("tsdb", ""), dependency("api", "build")]),
            package("tsdb", vec![dependency("promql", "dev")]),
            package("api", vec![dependency("tsdb", "")]),
            package("stray", vec![]),
        ]});
        let problems = check_metadata(&metadata, Path::new("/w"));
        let found: Vec<_> = problems.iter().map(|p| p.to_string()).collect();
        let starts = [
            "crates/promql/Cargo.toml: promql (layer 2) depends on tsdb (layer 2)",
            "crates/promql/Cargo.toml: promql (layer 2) depends on api (layer 5)",
            "crates/stray/Cargo.toml: crate stray has no layer",
        ];
        assert!(found.iter().zip(starts).all(|(f, s)| f.starts_with(s)), "{found:#?}");
        assert_eq!(found.len(), starts.len());
    }
}
