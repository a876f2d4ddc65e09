//! A token bucket for requests.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Lets a burst of requests pass, and further ones as the bucket fills again.
#[derive(Debug)]
pub struct RateLimit {
    interval: Duration,
    burst: u32,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Option<Instant>,
}

impl RateLimit {
    /// A full bucket of `burst` tokens that gets one more each `interval`.
    pub fn new(interval: Duration, burst: u32) -> Self {
        let bucket = Bucket { tokens: f64::from(burst), filled: None };
        Self { interval, burst, bucket: Mutex::new(bucket) }
    }

    /// Takes a token; false when there is none.
    pub(super) fn allow(&self) -> bool {
        let now = Instant::now();
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = bucket.filled.map_or(Duration::ZERO, |filled| now - filled);
        let gained = waited.as_secs_f64() / self.interval.as_secs_f64();
        bucket.tokens = (bucket.tokens + gained).min(f64::from(self.burst));
        bucket.filled = Some(now);
        let allowed = bucket.tokens >= 1.0;
        if allowed {
            bucket.tokens -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_one_each_interval() {
        let limit = RateLimit::new(Duration::from_secs(1), 2);
        let allowed = || (0..4).filter(|_| limit.allow()).count();
        assert_eq!(allowed(), 2);
        tokio::time::advance(Duration::from_millis(1_001)).await;
        assert_eq!(allowed(), 1);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(allowed(), 2);
    }
}
