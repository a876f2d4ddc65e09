//! The thread that does what the store has due: syncs, flushes, merges, retention.

use std::{
    io,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use api::Notifications;
use tsdb::Store;

use crate::{memory, time::Watch};

/// Freed memory is given back so often: now and then a query leaves holes in the heap.
const TRIM_INTERVAL: Duration = Duration::from_secs(30);
/// When the start is over and its code is not needed any more; and how often the code of what is seldom done, such
/// as a merge or a page in a browser, is let go after that.
const STARTED_AFTER: Duration = Duration::from_secs(10);
const RELEASE_INTERVAL: Duration = Duration::from_secs(600);
/// A disk that fails is asked again so often.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// The decoder of a part is the deepest thing that runs here.
const STACK_BYTES: usize = 512 << 10;

/// The thread; it ends when told to.
pub(crate) struct Maintenance {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Maintenance {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(store: Store, mut watch: Watch, notifications: Notifications) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let run = move || {
            let mut failing = false;
            let mut trim = Chore { left: TRIM_INTERVAL, interval: TRIM_INTERVAL, work: memory::trim };
            let mut release =
                Chore { left: STARTED_AFTER, interval: RELEASE_INTERVAL, work: memory::release_program };
            loop {
                let pause = due(&store).min(TRIM_INTERVAL);
                watch.look();
                if store.is_failing() != failing {
                    failing = !failing;
                    if failing {
                        notifications.add(Notifications::DISK_FAILING);
                    } else {
                        notifications.remove(Notifications::DISK_FAILING);
                    }
                }
                match stopped.recv_timeout(pause) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
                trim.pass(pause);
                release.pass(pause);
            }
        };
        let thread = thread::Builder::new().name("store".into()).stack_size(STACK_BYTES).spawn(run)?;
        Ok(Self { stop, thread })
    }

    /// Ends the thread after what it is doing.
    pub(crate) fn stop(self) {
        // The thread is gone already when nobody listens.
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

/// Something done from time to time.
struct Chore {
    /// Time until it is done next.
    left: Duration,
    interval: Duration,
    work: fn(),
}

impl Chore {
    fn pass(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
        if self.left.is_zero() {
            (self.work)();
            self.left = self.interval;
        }
    }
}

/// Does what is due and tells how long there is nothing to do.
fn due(store: &Store) -> Duration {
    store.maintain().unwrap_or_else(|error| {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "store maintenance failed; it will be tried again"
        );
        RETRY_INTERVAL
    })
}
