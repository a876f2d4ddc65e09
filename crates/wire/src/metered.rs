//! Columns whose memory is drawn from the budget before it is taken.

use model::Reservation;

use crate::error::Error;

/// Elements that a column holds at first: a request of Prometheus's default size fits after two growths.
const FIRST: usize = 512;

/// A column that does not grow beyond what the budget gives.
#[derive(Debug)]
pub(crate) struct Metered<T>(Vec<T>);

impl<T> Default for Metered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Metered<T> {
    /// Adds an element.
    ///
    /// # Errors
    /// [`Error::Memory`].
    #[inline]
    pub(crate) fn push(&mut self, element: T, account: &mut Reservation) -> Result<(), Error> {
        if self.0.len() == self.0.capacity() {
            self.reserve(self.0.len().max(FIRST), account)?;
        }
        self.0.push(element);
        Ok(())
    }

    /// Makes room for so many more.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn reserve(&mut self, more: usize, account: &mut Reservation) -> Result<(), Error> {
        let missing = (self.0.len() + more).saturating_sub(self.0.capacity());
        if missing > 0 {
            draw(account, missing.saturating_mul(size_of::<T>()))?;
            self.0.reserve_exact(more);
        }
        Ok(())
    }

    /// Bytes that it has drawn.
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<T>()
    }

    /// Empties it and gives its memory back, unless it is no more than so many bytes.
    pub(crate) fn release(&mut self, kept_bytes: usize) {
        self.0.clear();
        if self.bytes() > kept_bytes {
            self.0 = Vec::new();
        }
    }
}

impl<T> std::ops::Deref for Metered<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl Metered<u8> {
    /// Makes it so many bytes long, whatever they are.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub(crate) fn resize(&mut self, len: usize, account: &mut Reservation) -> Result<(), Error> {
        self.reserve(len.saturating_sub(self.0.len()), account)?;
        self.0.resize(len, 0);
        Ok(())
    }
}

impl<T> Metered<T> {
    /// The elements, to change them but not their number.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }

    /// Empties it and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Draws bytes from the budget.
///
/// # Errors
/// [`Error::Memory`].
pub(crate) fn draw(account: &mut Reservation, bytes: usize) -> Result<(), Error> {
    if account.grow(bytes) {
        return Ok(());
    }
    let budget = account.budget();
    let (used_bytes, limit_bytes) = (budget.used_bytes(), budget.limit_bytes());
    Err(Error::Memory { wanted_bytes: bytes, used_bytes, limit_bytes })
}
