//! Text whose pieces are bounded: so much may be read until something is taken.

use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
    rc::Rc,
};

/// Bytes of the longest piece: the labels of a series, a native histogram, a text that nobody asked for.
pub(super) const PIECE_BYTES_MAX: usize = 128 << 10;
const BUFFER_BYTES: usize = 16 << 10;

/// How far reading has gone since something was taken.
#[derive(Clone, Default)]
pub(super) struct Pace(Rc<Cell<usize>>);

impl Pace {
    /// Something was taken.
    pub(super) fn rest(&self) {
        self.0.set(0);
    }

    /// Whether more was read than a piece may have.
    pub(super) fn is_exceeded(&self) -> bool {
        self.0.get() > PIECE_BYTES_MAX
    }
}

pub(super) struct Paced<R> {
    inner: BufReader<R>,
    pub(super) pace: Pace,
}

impl<R: Read> Paced<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner: BufReader::with_capacity(BUFFER_BYTES, inner), pace: Pace::default() }
    }
}

impl<R: Read> Read for Paced<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.pace.is_exceeded() {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let held = self.inner.fill_buf()?;
        let len = held.len().min(out.len());
        if let (Some(from), Some(to)) = (held.get(..len), out.get_mut(..len)) {
            to.copy_from_slice(from);
        }
        self.inner.consume(len);
        self.pace.0.set(self.pace.0.get() + len);
        Ok(len)
    }
}
