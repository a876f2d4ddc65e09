//! What the store keeps, by flags and by the configuration.

use config::{Config, Retention};
use model::duration::DurationMs;
use tsdb::{Options, Store};

use crate::{args::StorageArgs, memory};

/// What holds where the configuration says nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flags {
    retention_ms: i64,
    retention_bytes: u64,
}

impl Flags {
    pub(crate) fn new(args: &StorageArgs) -> Self {
        Self {
            retention_ms: i64::try_from(args.retention_time.as_millis()).unwrap_or(i64::MAX),
            retention_bytes: args.retention_size,
        }
    }

    /// Milliseconds, bytes and percentage of the disk; 0 is no limit. A section of the configuration takes the place
    /// of both flags.
    fn retention(self, config: &Config) -> (i64, u64, f64) {
        match config.storage.retention {
            Some(Retention { time_ms, size_bytes, percentage, .. }) => (time_ms, size_bytes, percentage),
            None => (self.retention_ms, self.retention_bytes, 0.0),
        }
    }

    /// The options of a store under a configuration.
    pub(crate) fn options(self, config: &Config, options: Options) -> Options {
        let (retention_ms, retention_bytes, retention_percentage) = self.retention(config);
        Options {
            retention_ms,
            retention_bytes,
            retention_percentage,
            out_of_order_window_ms: config.storage.out_of_order_time_window_ms.unwrap_or_default(),
            ..options
        }
    }

    /// Puts another configuration in force.
    pub(crate) fn apply(self, config: &Config, store: &Store) {
        let (retention_ms, retention_bytes, retention_percentage) = self.retention(config);
        store.set_retention(retention_ms, retention_bytes, retention_percentage);
        store.set_out_of_order_window(config.storage.out_of_order_time_window_ms.unwrap_or_default());
    }

    /// In words, as `15d` or `15d or 1GB`.
    pub(crate) fn describe(self, config: &Config) -> String {
        let (time_ms, bytes, percentage) = self.retention(config);
        let limits = [
            (time_ms > 0).then(|| DurationMs(time_ms).to_string()),
            (bytes > 0).then(|| memory::Size(bytes).to_string()),
            (percentage > 0.0).then(|| format!("{percentage}%")),
        ];
        limits.into_iter().flatten().collect::<Vec<_>>().join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_takes_the_place_of_both_flags() {
        let flags = Flags { retention_ms: 86_400_000, retention_bytes: 1 << 30 };
        let config = |text: &str| Config::parse(text, "x").unwrap();
        let none = config("");
        assert_eq!(
            (flags.retention(&none), &*flags.describe(&none)),
            ((86_400_000, 1 << 30, 0.0), "1d or 1GB")
        );
        let size = config("storage: {tsdb: {retention: {size: 2GB}, out_of_order_time_window: 1m}}");
        let options = flags.options(&size, Options::new(""));
        assert_eq!((options.retention_ms, options.retention_bytes), (0, 2 << 30));
        assert_eq!((options.out_of_order_window_ms, &*flags.describe(&size)), (60_000, "2GB"));
        let share = config("storage: {tsdb: {retention: {time: 1w, percentage: 7.5}}}");
        assert_eq!(
            (flags.retention(&share), &*flags.describe(&share)),
            ((604_800_000, 0, 7.5), "1w or 7.5%")
        );
    }
}
