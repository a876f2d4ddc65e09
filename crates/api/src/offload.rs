//! Work for the blocking pool.

use tokio::{sync::oneshot, task};

/// Does work off the network thread; `None` when it panicked. What nobody waits for any more is done all the same.
///
/// For the pool all work is of one type: a task of its own for each kind would be a quarter of a megabyte of program.
pub(crate) async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    let work: Box<dyn FnOnce() + Send> = Box::new(move || drop(sender.send(work())));
    drop(task::spawn_blocking(work));
    receiver.await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_panics_gives_nothing() {
        assert_eq!(offload(|| 7).await, Some(7));
        assert_eq!(offload(|| [7].iter().skip(1).copied().next().expect("nothing")).await, None);
    }
}
