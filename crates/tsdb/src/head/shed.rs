//! What leaves the head when the disk takes nothing for so long that memory is used up: the oldest of what the
//! disk does not have.

use std::sync::{Arc, Weak};

use super::{Head, timeline::Times, window::Window};
use model::{SampleBlock, sort};

/// Windows that stay, as the log on disk may hold samples of them.
#[derive(Debug)]
pub(crate) struct Logged(Vec<Weak<Window>>);

impl Head {
    /// Ends the windows of all groups, so that what comes from now on is apart from what may be on disk.
    pub(crate) fn set_apart(&self) -> Logged {
        Logged(self.seal().iter().map(Arc::downgrade).collect())
    }

    /// Drops the oldest windows that are not on disk until the head is within its limit, or as near as can be;
    /// gives the number of samples in them.
    pub(crate) fn shed(&self, logged: &Logged) -> u64 {
        let limit_bytes = self.limits.bytes.saturating_mul(2);
        if self.bytes() <= limit_bytes {
            return 0;
        }
        let mut windows = self.seal();
        windows.retain(|window| !logged.0.iter().any(|kept| Weak::as_ptr(kept) == Arc::as_ptr(window)));
        sort::by_key(&mut windows, |window| window.range_ms());
        let mut samples = 0;
        for window in windows {
            // Some air, so that this is not done at every look.
            if self.bytes() <= limit_bytes / 8 * 7 {
                break;
            }
            samples += window.samples();
            self.drop_windows(&[window]);
        }
        samples
    }
}

impl Window {
    /// Counts the samples, which takes reading them.
    fn samples(&self) -> u64 {
        let (mut times, mut block) = (Times::default(), SampleBlock::default());
        let mut count = |column| {
            block.clear();
            self.view(column, &mut times)?.read(i64::MIN, i64::MAX, &mut block);
            Some(block.len() as u64)
        };
        (0..self.ids.len()).filter_map(&mut count).sum()
    }
}
