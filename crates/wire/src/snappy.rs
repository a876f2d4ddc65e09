//! Snappy blocks, with a bound.

use model::Reservation;

use crate::{error::Error, metered::Metered};

/// Decompresses a block.
///
/// # Errors
/// [`Error::TooLarge`] when its header announces more than `limit_bytes`, [`Error::Memory`] when the budget has
/// no room for it, [`Error::Snappy`] when it is damaged.
pub(crate) fn decompress(
    block: &[u8],
    limit_bytes: usize,
    into: &mut Metered<u8>,
    account: &mut Reservation,
) -> Result<(), Error> {
    let bytes = snap::raw::decompress_len(block)?;
    if bytes > limit_bytes {
        return Err(Error::TooLarge { bytes, limit_bytes });
    }
    into.resize(bytes, account)?;
    snap::raw::Decoder::new().decompress(block, into.as_mut_slice())?;
    Ok(())
}
