//! What the targets serve: made-up series that move as real ones do, or recorded bodies.

use std::{
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

/// What one target answers, scrape by scrape.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// So many series, always the same ones.
    Steady {
        /// Series of the target.
        series: u32,
        /// The number of the target: each has values of its own.
        target: u32,
    },
    /// So many series, all of them new in each scrape.
    Churn {
        /// Series of one scrape.
        series: u32,
    },
    /// Recorded bodies, in order; the last one stays.
    Recorded(Vec<PathBuf>),
}

impl Body {
    /// The recorded bodies of a folder, in the order of their names, which are times.
    pub(crate) fn recorded(folder: &Path) -> io::Result<Self> {
        let mut files =
            fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
        files.sort();
        if files.is_empty() {
            return Err(io::Error::other(format!("{} holds no bodies", folder.display())));
        }
        Ok(Self::Recorded(files))
    }

    /// Writes the body of scrape number `tick` and returns how many samples it has.
    pub(crate) fn render(&self, tick: u64, out: &mut String) -> io::Result<u64> {
        match self {
            Self::Steady { series, target } => Ok(steady(*series, *target, tick, out)),
            Self::Churn { series } => Ok(churn(*series, tick, out)),
            Self::Recorded(files) => {
                let last = files.len().saturating_sub(1);
                let index = usize::try_from(tick).map_or(last, |tick| tick.min(last));
                let path = files.get(index).ok_or_else(|| io::Error::other("no bodies"))?;
                out.push_str(&fs::read_to_string(path)?);
                Ok(count_samples(out))
            }
        }
    }
}

/// Of ten series four stand still, three count by small steps, two are gauges of two decimals, one is a byte
/// counter: about what a node_exporter shows.
fn steady(series: u32, target: u32, tick: u64, out: &mut String) -> u64 {
    for index in 0..series {
        let (family, code) = (index % 10, index / 10);
        let seed = (u64::from(target) << 32 | u64::from(index)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let noise = (seed ^ tick).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40;
        if code == 0 {
            let kind = if (4..7).contains(&family) || family == 9 { "counter" } else { "gauge" };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "# TYPE bench_metric_{family} {kind}");
        }
        let _ = write!(out, "bench_metric_{family}{{device=\"disk{}\",part=\"{code}\"}} ", code % 8);
        let _ = match family {
            0..4 => writeln!(out, "{}", seed >> 50),
            4..7 => writeln!(out, "{}", (seed >> 44) + tick * (seed >> 61) + noise % 2),
            7..9 => writeln!(out, "{:.2}", (noise % 5_000) as f64 / 100.0),
            _ => writeln!(out, "{}", (seed >> 30) + tick * 700_000 + noise % 65_536),
        };
    }
    u64::from(series)
}

fn churn(series: u32, tick: u64, out: &mut String) -> u64 {
    for index in 0..series {
        let _ = writeln!(out, "bench_churn{{request=\"{tick}-{index}\"}} 1");
    }
    u64::from(series)
}

fn count_samples(body: &str) -> u64 {
    body.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(body: &Body, tick: u64) -> Vec<String> {
        let mut out = String::new();
        let samples = body.render(tick, &mut out).unwrap();
        assert_eq!(samples, count_samples(&out));
        out.lines().map(str::to_owned).collect()
    }

    #[test]
    fn steady_series_keep_their_names_and_four_of_ten_their_values() {
        let body = Body::Steady { series: 100, target: 0 };
        let (first, second) = (lines(&body, 1), lines(&body, 2));
        let name = |line: &String| line.split(' ').next().map(str::to_owned);
        assert!(first.iter().map(name).eq(second.iter().map(name)));
        let same = first.iter().zip(&second).filter(|(a, b)| a == b && !a.starts_with('#')).count();
        assert!((40..60).contains(&same), "{same}");
    }

    #[test]
    fn churning_series_are_never_the_same() {
        let body = Body::Churn { series: 3 };
        let (first, second) = (lines(&body, 1), lines(&body, 2));
        assert!(first.iter().all(|line| !second.contains(line)));
    }
}
