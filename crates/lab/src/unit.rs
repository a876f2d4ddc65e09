//! Figures as people read them.

use crate::{Calls, Scrapes};

/// Bytes in MiB, with one decimal.
pub(crate) fn mib(bytes: f64) -> String {
    format!("{:.1}", bytes / f64::from(1 << 20))
}

/// Cores in percent of one, with one decimal; with two below one percent, where most of a small stack is.
pub(crate) fn percent(cores: f64) -> String {
    let percent = cores * 100.0;
    if percent < 1.0 { format!("{percent:.2}") } else { format!("{percent:.1}") }
}

/// Seconds in milliseconds, with one decimal below 100.
pub(crate) fn ms(seconds: f64) -> String {
    let ms = seconds * 1_000.0;
    if ms < 100.0 { format!("{ms:.1} ms") } else { format!("{ms:.0} ms") }
}

/// A part of a whole, as a percentage; a dash when there is no whole.
pub(crate) fn share(part: u64, whole: u64) -> String {
    match whole {
        0 => "–".to_owned(),
        // Not all is never 100 %, and something never 0 %.
        _ if part == whole => "100 %".to_owned(),
        _ => {
            let percent = part as f64 * 100.0 / whole as f64;
            format!("{:.0} %", if part == 0 { 0.0 } else { percent.clamp(1.0, 99.0) })
        }
    }
}

impl Scrapes {
    /// Those that worked, in percent.
    pub(crate) fn share(self) -> String {
        share(self.worked, self.made)
    }
}

impl Calls {
    /// Those that were answered, in percent.
    pub(crate) fn share(self) -> String {
        share(self.answered, self.made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded_without_lying() {
        assert_eq!([mib(10_485_760.0), percent(0.0213), percent(0.0004)], ["10.0", "2.1", "0.04"]);
        assert_eq!([ms(0.00123), ms(0.1049)], ["1.2 ms", "105 ms"]);
        assert_eq!(
            [share(999, 1_000), share(1, 1_000), share(0, 5), share(5, 5)],
            ["99 %", "1 %", "0 %", "100 %"]
        );
        assert_eq!(share(0, 0), "–");
    }
}
